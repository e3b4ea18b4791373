using System.Reactive;
using CsCheck;
using Microsoft.Reactive.Testing;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class DirSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void P22_a_partition_for_each_file_sorted_by_name()
    {
        foreach (var name in new[] { "b.txt", "a.txt", ".hidden", "C.txt", "a.csv", "with::colons" })
        {
            _folder.Write(name, name + "\n");
        }

        Directory.CreateDirectory(_folder["sub"]);
        _folder.Write("sub/d.txt", "not read");
        var source = new DirSource(_folder.Path);
        Assert.Equal(
            ["local::.hidden", "local::C.txt", "local::a.csv", "local::a.txt", "local::b.txt", "local::with::colons"],
            source.ListPartitions());
        foreach (var key in source.ListPartitions())
        {
            using var partition = source.BuildPartition("step", key, ResumeState<FilePosition>.None);
            Assert.Equal([key["local::".Length..]], partition.ReadAll());
        }
    }

    [Theory]
    [InlineData("*.txt", "a.txt b.txt")]
    [InlineData("a*", "a.csv a.txt")]
    [InlineData("?.csv", "a.csv")]
    [InlineData("none", "")]
    public void P22_a_pattern_chooses(string pattern, string names)
    {
        foreach (var name in new[] { "b.txt", "a.txt", "a.csv" })
        {
            _folder.Write(name, "");
        }

        Assert.Equal(
            names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => "local::" + name),
            new DirSource(_folder.Path, pattern).ListPartitions());
    }

    [Fact]
    public void P22_what_is_no_directory_is_an_error()
    {
        var missing = Assert.Throws<DirectoryNotFoundException>(() => new DirSource(_folder["none"]).ListPartitions());
        Assert.Equal($"There is no directory {_folder["none"]}.", missing.Message);
        var file = _folder.Write("a", "");
        Assert.Equal("directory", Assert.Throws<ArgumentException>(() => new DirSource(file)).ParamName);
        var source = new DirSource(_folder["later"]);
        _folder.Write("later", "");
        Assert.Equal($"{_folder["later"]} is a file and not a directory.", Assert.Throws<IOException>(source.ListPartitions).Message);
    }

    [Fact]
    public void P22_positions_hold_where_the_directory_is_found_elsewhere()
    {
        _folder.Write("a", "1\n2\n");
        var options = new DirSourceOptions { Files = new() { MaxBatchSize = 1 } };
        ResumeState<FilePosition> position;
        using (var first = new DirSource(_folder.Path, options: options).BuildPartition("step", "local::a", ResumeState<FilePosition>.None))
        {
            Assert.Equal(["1"], first.NextBatch());
            position = first.Snapshot();
        }

        using var elsewhere = new TempFolder();
        File.Copy(_folder["a"], elsewhere["a"]);
        using var second = new DirSource(elsewhere.Path).BuildPartition("step", "local::a", position);
        Assert.Equal(["2"], second.ReadAll());
    }

    [Theory]
    [InlineData("local::")]
    [InlineData("local::..")]
    [InlineData("local::../a")]
    [InlineData("local::sub/a")]
    [InlineData("other::a")]
    [InlineData("a")]
    public void A_key_that_is_no_file_of_the_directory_is_refused(string key) =>
        Assert.Equal("partition", Assert.Throws<ArgumentException>(
            () => new DirSource(_folder.Path).BuildPartition("step", key, ResumeState<FilePosition>.None)).ParamName);

    [Fact]
    public void A_file_that_vanished_since_it_was_listed_is_an_error_that_names_it()
    {
        _folder.Write("a", "");
        var source = new DirSource(_folder.Path);
        var key = Assert.Single(source.ListPartitions());
        File.Delete(_folder["a"]);
        var failed = Assert.Throws<FileNotFoundException>(() => source.BuildPartition("step", key, ResumeState<FilePosition>.None));
        Assert.Contains(_folder["a"], failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Q4_watching_looks_again_at_each_interval_on_the_flows_clock()
    {
        var scheduler = new TestScheduler();
        var source = new DirSource(_folder.Path, options: new() { WatchInterval = TimeSpan.FromTicks(100) });
        var signals = scheduler.CreateObserver<Unit>();
        using (source.PartitionChanges(scheduler)!.Subscribe(signals))
        {
            scheduler.AdvanceTo(350);
        }

        Assert.Equal([100, 200, 300], signals.Messages.Select(message => message.Time));
        _folder.Write("new", "");
        Assert.Equal(["local::new"], source.ListPartitions());
        Assert.Null(new DirSource(_folder.Path).PartitionChanges(scheduler));
    }

    [Fact]
    public void S5_every_file_has_a_position_of_its_own() =>
        Gen.Int[0, 30].Array[1, 5].Sample(
            counts =>
            {
                using var folder = new TempFolder();
                for (var i = 0; i < counts.Length; i++)
                {
                    folder.Write($"{i}", string.Concat(Enumerable.Range(0, counts[i]).Select(line => $"{i}:{line}\n")));
                }

                var source = new DirSource(folder.Path, options: new() { Files = new() { MaxBatchSize = 7 } });
                var read = source.ListPartitions().SelectMany(key =>
                {
                    using var first = source.BuildPartition("step", key, ResumeState<FilePosition>.None);
                    List<string> head = [.. first.NextBatch() ?? []];
                    using var second = source.BuildPartition("step", key, first.Snapshot());
                    return head.Concat(second.ReadAll());
                });
                Assert.Equal(counts.SelectMany((count, i) => Enumerable.Range(0, count).Select(line => $"{i}:{line}")), read);
            },
            iter: 20, threads: 1);
}
