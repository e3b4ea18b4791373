using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>A file that was renamed, copied or replaced, between two runs or between two looks.</summary>
public sealed class FileRenamedTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();
    private int _seconds;

    public FileRenamedTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody says which file is which.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S5_one_renamed_between_two_runs_is_read_to_its_end_before_the_new_one(bool follows)
    {
        Write("a.log", "a1\na2\na3\n");
        var position = ReadTwo(follows);
        Move("a.log", "a.log.1");
        Write("a.log", "b1\nb2\n");
        Assert.Equal(["a3", "b1", "b2"], Read(position, follows));
    }

    [Fact]
    public void S5_what_came_between_two_runs_is_read_in_its_order()
    {
        Write("a.log", "a1\na2\na3\n");
        var position = ReadTwo();
        Move("a.log", "a.log.2");
        Write("a.log.1", "b1\n");
        Write("a.log", "c1\n");
        Assert.Equal(["a3", "b1", "c1"], Read(position));
    }

    [Fact]
    public void S5_a_run_that_ended_between_two_files_reads_neither_again_nor_forgets_one()
    {
        Write("a.log", "a1\na2\n");
        FilePosition position;
        using (var partition = Open(follows: true))
        {
            using var host = new PollHost<string>(partition, _clock);
            _clock.AdvanceBy(150);
            Move("a.log", "a.log.1");
            Write("a.log", "half of a line");
            _clock.AdvanceBy(1_000);
            Assert.Equal(["a1", "a2"], host.Items);
            position = partition.Snapshot().Value;
            Assert.Equal(0, position.Offset);
        }

        Write("a.log", "half of a line\nb2\n");
        Assert.Equal(["half of a line", "b2"], Read(position));
        Move("a.log.1", "a.log.2");
        Move("a.log", "a.log.1");
        Write("a.log", "c1\n");
        Assert.Equal(["half of a line", "b2", "c1"], Read(position));
        File.Delete(_folder["a.log.2"]);
        File.Delete(_folder["a.log.1"]);
        Assert.Equal(["c1"], Read(position));
    }

    [Fact]
    public void S5_where_the_file_is_gone_it_is_said()
    {
        Write("a.log", "a1\na2\na3\n");
        var position = ReadTwo();
        Write("a.log.1", "not it\n");
        Write("a.log", "b1\nb2\nb3\n");
        Assert.Throws<FileChangedException>(() => Read(position));
    }

    [Fact]
    public void S5_one_that_is_replaced_by_a_longer_copy_is_gone_on_with_behind_what_was_read()
    {
        Write("a.log", "a1\na2\n");
        using var host = new PollHost<string>(Open(follows: true), _clock);
        _clock.AdvanceBy(150);
        Assert.Equal(["a1", "a2"], host.Items);
        Replace("a1\na2\na3\n");
        _clock.AdvanceBy(500);
        Assert.Equal(["a1", "a2", "a3"], host.Items);
        _folder.Append("a.log", "a4\n");
        _clock.AdvanceBy(500);
        Assert.Equal(["a1", "a2", "a3", "a4"], host.Items);

        Write("a.log", "a1\na2\n");
        var position = ReadTwo();
        Replace("a1\na2\na3\n");
        Assert.Equal(["a3"], Read(position));
    }

    [Fact]
    public void S5_what_was_copied_away_before_a_cut_is_read_in_the_copy()
    {
        Write("a.log", "a1\na2\n");
        using var partition = Open(follows: true, FileMismatchBehavior.StartOver);
        using var host = new PollHost<string>(partition, _clock);
        _clock.AdvanceBy(150);
        CopyAndCut("a1\na2\na3\na4\n", "a.log.2");
        CopyAndCut("b1\n", "a.log.1");
        Write("a.log", "c1\n");
        _clock.AdvanceBy(3_000);
        Assert.Equal(["a1", "a2", "a3", "a4", "b1", "c1"], host.Items);

        // And where nothing had been read of it yet.
        CopyAndCut("c1\nc2\n", "a.log.3");
        _clock.AdvanceBy(3_000);
        CopyAndCut("d1\nd2\n", "a.log.4");
        Write("a.log", "e1\n");
        _clock.AdvanceBy(3_000);
        Assert.Equal(["a1", "a2", "a3", "a4", "b1", "c1", "c2", "d1", "d2", "e1"], host.Items);
    }

    [Fact]
    public void S5_what_was_copied_away_before_a_cut_between_two_runs_is_read_in_the_copy()
    {
        Write("a.log", "a1\na2\na3\n");
        var position = ReadTwo();
        CopyAndCut("a1\na2\na3\na4\n", "a.log.2");
        CopyAndCut("b1\n", "a.log.1");
        Write("a.log", "c1\n");
        Assert.Equal(["a3", "a4", "b1", "c1"], Read(position));
    }

    [Fact]
    public void S5_a_copy_that_holds_less_than_was_read_is_not_read_again()
    {
        var long1 = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i}\n"));
        Write("a.log", long1 + "more\n");
        using var partition = Open(follows: true, FileMismatchBehavior.StartOver);
        using var host = new PollHost<string>(partition, _clock);
        _clock.AdvanceBy(150);
        var position = partition.Snapshot().Value;
        Write("a.log.2", long1);
        CopyAndCut("b1\n", "a.log.1");
        Write("a.log", "c1\n");
        _clock.AdvanceBy(3_000);
        Assert.Equal(["more", "b1", "c1"], host.Items.Skip(300));
        Assert.Equal(["b1", "c1"], Read(position, true, FileMismatchBehavior.StartOver));
    }

    [Fact]
    public void S5_in_a_directory_that_is_followed_rotated_files_are_one_partition_and_none_is_read_again()
    {
        Write("a.log.2", "a1\n");
        Write("a.log.1", "b1\n");
        Write("a.log", "c1\n");
        Write("b.log", "other\n");
        var source = Source();
        Assert.Equal(["local::a.log", "local::b.log"], source.ListPartitions());
        FilePosition position;
        using (var partition = source.BuildPartition("in", "local::a.log", ResumeState<FilePosition>.None))
        {
            using var host = new PollHost<string>(partition, _clock);
            _clock.AdvanceBy(3_000);
            Assert.Equal(["a1", "b1", "c1"], host.Items);
            Move("a.log.2", "a.log.3");
            Move("a.log.1", "a.log.2");
            Move("a.log", "a.log.1");
            Assert.Equal(["local::a.log", "local::b.log"], source.ListPartitions());
            Write("a.log", "d1\n");
            _clock.AdvanceBy(3_000);
            Assert.Equal(["a1", "b1", "c1", "d1"], host.Items);
            position = partition.Snapshot().Value;
        }

        _folder.Append("a.log", "d2\n");
        Move("a.log.1", "a.log.9");
        Move("a.log", "a.log.1");
        Write("a.log", "e1\n");
        using var second = Source().BuildPartition("in", "local::a.log", position);
        using var again = new PollHost<string>(second, _clock);
        _clock.AdvanceBy(3_000);
        Assert.Equal(["d2", "e1"], again.Items);
    }

    [Theory]
    [InlineData("a.log.1", "a.log")]
    [InlineData("a.log.12.gz", "a.log")]
    [InlineData("a.log-20260101", "a.log")]
    [InlineData("a1.log.old", "a1.log")]
    [InlineData("there.1", "there")]
    [InlineData("there-20260101.log", "there.log")]
    [InlineData("part.1", null)]
    [InlineData("sensor-1.log", null)]
    [InlineData("there-2.log", null)]
    [InlineData("a.log", null)]
    [InlineData("10.0.0.1", null)]
    public void A_rotated_name_is_told_from_one_with_a_number(string name, string? head) =>
        Assert.Equal(head, RotatedName.Base(name, other => other is "there" or "there.log"));

    private DirSource Source() => new(
        _folder.Path, "*", new() { Files = new() { Follow = new() { PollInterval = 100.Ticks() } }, WatchInterval = 100.Ticks() });

    private FileSourcePartition<string> Open(
        bool follows = true, FileMismatchBehavior onCut = FileMismatchBehavior.Fail, FilePosition? from = null) => FileReading.Open(
        _folder["a.log"], new() { Follow = follows ? new() { PollInterval = 100.Ticks(), OnCut = onCut } : null }, from);

    private FilePosition ReadTwo(bool follows = true)
    {
        using var partition = FileReading.Open(
            _folder["a.log"], new() { MaxBatchSize = 2, Follow = follows ? new() { PollInterval = 100.Ticks() } : null });
        partition.Start(_clock);
        Assert.Equal(["a1", "a2"], partition.NextBatch());
        return partition.Snapshot().Value;
    }

    private List<string> Read(FilePosition from, bool follows = true, FileMismatchBehavior onCut = FileMismatchBehavior.Fail)
    {
        using var partition = Open(follows, onCut, from);
        if (!follows)
        {
            return partition.ReadAll();
        }

        using var host = new PollHost<string>(partition, _clock);
        _clock.AdvanceBy(3_000);
        Assert.Null(host.Error);
        return [.. host.Items];
    }

    private void CopyAndCut(string text, string copy)
    {
        Write("a.log", text);
        Write(copy, text);
        Write("a.log", "");
    }

    private void Replace(string text)
    {
        Write("new", text);
        File.Move(_folder["new"], _folder["a.log"], overwrite: true);
    }

    private void Move(string from, string to) => File.Move(_folder[from], _folder[to]);

    // The file system's clock is too coarse to say which of two files was written first.
    private void Write(string name, string text)
    {
        _folder.Write(name, text);
        File.SetLastWriteTimeUtc(_folder[name], DateTime.UnixEpoch.AddDays(20_000).AddSeconds(_seconds++));
    }
}
