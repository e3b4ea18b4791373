using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class DirSinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void P24_a_partition_for_each_file()
    {
        Assert.Equal(["local::part_0", "local::part_1", "local::part_2"], new DirSink(_folder.Path, 3).ListPartitions());
        var named = new DirSink(_folder.Path, 2, new() { Naming = i => $"{i}.log", Files = new() { FileSystemId = "x" } });
        Assert.Equal(["x::0.log", "x::1.log"], named.ListPartitions());
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public void P24_the_assignment_chooses_and_is_the_usual_one_by_default()
    {
        Assert.Equal(KeyHash.Adler32("key"), new DirSink(_folder.Path, 3).HashKey("key"));
        Assert.Equal(7u, new DirSink(_folder.Path, 3, new() { Assignment = key => (uint)key.Length }).HashKey("1234567"));
    }

    [Fact]
    public async Task P24_a_flow_spreads_items_by_their_keys()
    {
        var lines = Enumerable.Range(0, 1_000).Select(i => $"{i % 17}:{i}").ToArray();
        var path = _folder.Write("in", string.Join('\n', lines));
        Directory.CreateDirectory(_folder["out"]);
        var flow = new Dataflow("spread");
        flow.Input("in", new FileSource(path))
            .Output("out", new DirSink(_folder["out"], 3), line => line.Split(':')[0], line => line.Split(':')[1]);
        await flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            var expected = lines.Where(line => KeyHash.Adler32(line.Split(':')[0]) % 3 == i).Select(line => line.Split(':')[1]);
            Assert.Equal(expected, File.ReadLines(_folder[$"out/part_{i}"]));
        }
    }

    [Fact]
    public void K7_each_file_resumes_by_itself()
    {
        var sink = new DirSink(_folder.Path, 2);
        FilePosition position;
        using (var first = sink.BuildPartition("step", "local::part_1", ResumeState<FilePosition>.None))
        {
            first.WriteBatch(["1"]);
            position = first.Snapshot().Value;
            first.WriteBatch(["2"]);
        }

        using var second = sink.BuildPartition("step", "local::part_1", position);
        second.WriteBatch(["3"]);
        Assert.Equal("1\n3\n", File.ReadAllText(_folder["part_1"]));
        Assert.False(File.Exists(_folder["part_0"]));
    }

    [Theory]
    [InlineData("local::part_2")]
    [InlineData("local::../part_0")]
    [InlineData("part_0")]
    public void A_key_that_is_no_file_of_the_sink_is_refused(string key) =>
        Assert.Equal("partition", Assert.Throws<ArgumentException>(
            () => new DirSink(_folder.Path, 2).BuildPartition("step", key, ResumeState<FilePosition>.None)).ParamName);

    [Fact]
    public void A_missing_directory_is_an_error_that_names_the_file()
    {
        var failed = Assert.Throws<DirectoryNotFoundException>(() =>
            new DirSink(_folder["none"], 1).BuildPartition("step", "local::part_0", ResumeState<FilePosition>.None));
        Assert.Contains(_folder["none"], failed.Message, StringComparison.Ordinal);
    }
}
