using Rx.Connectors.Files;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>Sinks that begin a new file when one is full or old.</summary>
public sealed class FileRollTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task K7_a_sink_that_rolls_by_size_is_cut_to_its_position_and_goes_on_as_if_nothing_had_been()
    {
        string[] batches = ["1", "2", "3", "4", "5", "6", "7"];
        for (var crash = 0; crash < batches.Length; crash++)
        {
            for (var committed = 0; committed <= crash; committed++)
            {
                ResumeState<FilePosition> position = ResumeState<FilePosition>.None;
                await using (var first = Open(new() { MaxBytes = 4 }, position))
                {
                    for (var i = 0; i <= crash; i++)
                    {
                        position = i == committed ? await CommitAsync(first) : position;
                        first.WriteBatch([batches[i]]);
                    }
                }

                await using (var second = Open(new() { MaxBytes = 4 }, position))
                {
                    Array.ForEach(batches[committed..], batch => second.WriteBatch([batch]));
                    await CommitAsync(second);
                }

                Assert.Equal(["out-00000001.log", "out-00000002.log", "out-00000003.log", "out-00000004.log"], Names());
                Assert.Equal(["1\n2\n", "3\n4\n", "5\n6\n", "7\n"], Names().Select(name => File.ReadAllText(_folder[name])));
                Array.ForEach(Names(), name => File.Delete(_folder[name]));
            }
        }
    }

    [Fact]
    public async Task A_sink_rolls_by_time_and_not_while_a_file_is_empty()
    {
        await using (var sink = Open(new() { Interval = 100.Ticks() }, ResumeState<FilePosition>.None))
        {
            _clock.AdvanceBy(150);
            sink.WriteBatch(["1"]);
            sink.WriteBatch(["2"]);
            _clock.AdvanceBy(50);
            sink.WriteBatch(["3"]);
        }

        Assert.Equal(["1\n", "2\n3\n"], Names().Select(name => File.ReadAllText(_folder[name])));
    }

    [Fact]
    public void Files_that_nobody_knows_of_and_positions_of_a_single_file_are_refused()
    {
        _folder.Write("out-00000003.log", "of somebody\n");
        Assert.Contains(
            "out-00000003.log exists, and no position is stored",
            Assert.Throws<IOException>(() => Open(new() { MaxBytes = 4 }, ResumeState<FilePosition>.None)).Message, StringComparison.Ordinal);
        Assert.Equal("of somebody\n", File.ReadAllText(_folder["out-00000003.log"]));
        Assert.Contains(
            "is of a sink that wrote a single file",
            Assert.Throws<FileChangedException>(() => Open(new() { MaxBytes = 4 }, new FilePosition(3, "x"))).Message, StringComparison.Ordinal);
    }

    private static async Task<ResumeState<FilePosition>> CommitAsync(StatefulSinkPartition<string, FilePosition> sink)
    {
        var position = sink.Snapshot();
        await sink.FlushAsync(TestContext.Current.CancellationToken);
        return position;
    }

    private StatefulSinkPartition<string, FilePosition> Open(FileRollOptions roll, ResumeState<FilePosition> from)
    {
        var sink = new FileSink(_folder["out.log"], new() { Roll = roll });
        var partition = sink.BuildPartition("out", sink.ListPartitions()[0], from);
        if (roll.Interval is not null)
        {
            partition.Start(_clock);
        }

        return partition;
    }

    private string[] Names() => [.. Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
