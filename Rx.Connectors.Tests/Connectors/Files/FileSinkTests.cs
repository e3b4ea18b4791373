using System.Text;
using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class FileSinkTests : IDisposable
{
    private static readonly ResumeState<FilePosition> _none = ResumeState<FilePosition>.None;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void K1_a_batch_is_in_the_file_when_the_write_returns()
    {
        using var sink = Open("a");
        sink.WriteBatch(["1", "", "é😀"]);
        Assert.Equal("1\n\né😀\n"u8.ToArray(), File.ReadAllBytes(_folder["a"]));
        sink.WriteBatch(["2"]);
        Assert.Equal("1\n\né😀\n2\n", File.ReadAllText(_folder["a"]));
    }

    [Fact]
    public void Lines_end_as_the_option_says()
    {
        using var sink = Open("a", new() { LineEnding = LineEnding.CrLf });
        sink.WriteBatch(["1", "2"]);
        Assert.Equal("1\r\n2\r\n"u8.ToArray(), File.ReadAllBytes(_folder["a"]));
    }

    [Fact]
    public void P24_one_partition_by_file_system_and_path()
    {
        Assert.Equal(["local::some/path"], new FileSink("some/path").ListPartitions());
        var sink = new FileSink(_folder["a"], new() { FileSystemId = "disk 2" });
        Assert.Equal([$"disk 2::{_folder["a"]}"], sink.ListPartitions());
        Assert.Throws<ArgumentException>(() => sink.BuildPartition("step", $"local::{_folder["a"]}", _none));
        Assert.False(File.Exists(_folder["a"]));
    }

    [Fact]
    public void K7_resumed_from_any_snapshot_the_file_is_as_if_uninterrupted() =>
        Gen.Select(Gen.Int[0, 700].Array[1, 4].Array[1, 8], Gen.Int[0, 8], Gen.Int[0, 8], Gen.Bool).Sample(
            (batches, snapshotAt, crashAfter, crlf) =>
            {
                var text = batches.Select((lengths, i) => lengths.Select(n => new string((char)('a' + i), n)).ToArray()).ToArray();
                var options = new FileSinkOptions { LineEnding = crlf ? LineEnding.CrLf : LineEnding.Lf };
                File.Delete(_folder["whole"]);
                File.Delete(_folder["cut"]);
                using (var whole = Open("whole", options))
                {
                    foreach (var batch in text)
                    {
                        whole.WriteBatch(batch);
                    }
                }

                var position = _none;
                using (var first = Open("cut", options))
                {
                    for (var i = 0; i < Math.Min(text.Length, snapshotAt + crashAfter); i++)
                    {
                        position = i == snapshotAt ? first.Snapshot() : position;
                        first.WriteBatch(text[i]);
                    }

                    position = snapshotAt >= text.Length || crashAfter == 0 ? first.Snapshot() : position;
                }

                using (var second = Open("cut", options, position))
                {
                    Assert.Equal(position, second.Snapshot());
                    Assert.Equal(position.Value.Offset, new FileInfo(_folder["cut"]).Length);
                    foreach (var batch in text.Skip(Math.Min(snapshotAt, text.Length)))
                    {
                        second.WriteBatch(batch);
                    }
                }

                Assert.Equal(File.ReadAllBytes(_folder["whole"]), File.ReadAllBytes(_folder["cut"]));
            },
            iter: 100, threads: 1);

    [Fact]
    public void K7_the_first_snapshot_is_the_beginning_and_repeats()
    {
        using var sink = Open("a");
        Assert.Equal(new FilePosition(0), sink.Snapshot().Value);
        sink.WriteBatch(["1"]);
        Assert.Equal(2, sink.Snapshot().Value.Offset);
        Assert.Equal(sink.Snapshot(), sink.Snapshot());
    }

    [Fact]
    public void P24_what_a_source_reads_a_sink_writes_byte_by_byte() =>
        Gen.Select(FileReading.Contents(), Gen.Int[1, 50]).Sample(
            (bytes, buffer) =>
            {
                // What reading does not keep: the byte order mark, which ending a line had, bytes that are no text.
                var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal)
                    .Replace("\r\n", "\n", StringComparison.Ordinal);
                text = text.Length > 0 && !text.EndsWith('\n') ? text + "\n" : text;
                var source = _folder.Write("in", text);
                File.Delete(_folder["out"]);
                using (var sink = Open("out"))
                using (var partition = FileReading.Open(source, bufferSize: buffer))
                {
                    while (partition.NextBatch() is { } batch)
                    {
                        sink.WriteBatch(batch);
                    }
                }

                Assert.Equal(text.Replace("\r\n", "\n", StringComparison.Ordinal), File.ReadAllText(_folder["out"]));
            },
            iter: 100, threads: 1);

    [Fact]
    [Trait("speed", "slow")]
    public void A_large_batch_is_written_whole()
    {
        var lines = Enumerable.Range(0, 50_000).Select(i => $"line {i} é").Append(new string('é', 3_000_000)).Append("last").ToArray();
        using var sink = Open("a");
        sink.WriteBatch(lines);
        Assert.Equal(lines, File.ReadLines(_folder["a"]));
        Assert.Equal(new FileInfo(_folder["a"]).Length, sink.Snapshot().Value.Offset);
    }

    [Fact]
    public async Task A_flow_copies_a_file()
    {
        var lines = Enumerable.Range(0, 5_000).Select(i => $"line {i}").ToArray();
        var path = _folder.Write("in", string.Join('\n', lines));
        var flow = new Rx.Connectors.Flows.Dataflow("copy");
        flow.Input("in", new FileSource(path)).Output("out", new FileSink(_folder["out"]), line => line);
        await flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(lines, File.ReadLines(_folder["out"]));
    }

    [Fact]
    public async Task P24_flushed_beside_the_worker_on_the_real_clock()
    {
        await using var sink = Open("a");
        sink.WriteBatch(["1"]);
        await sink.FlushAsync(TestContext.Current.CancellationToken);
        sink.WriteBatch(["2"]);
        var flushes = Enumerable.Range(0, 20).Select(_ => sink.FlushAsync(CancellationToken.None).AsTask()).ToArray();
        sink.WriteBatch(["3"]);
        sink.Dispose();
        await Task.WhenAll(flushes);
        Assert.Equal("1\n2\n3\n", File.ReadAllText(_folder["a"]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await sink.FlushAsync(CancellationToken.None));
    }

    [Fact]
    public void F6_in_virtual_time_a_flush_runs_on_the_clock_and_holds_the_file_open()
    {
        var clock = new VirtualScheduler();
        var sink = Open("a");
        sink.Start(clock);
        sink.WriteBatch(["1"]);
        var flushed = sink.FlushAsync(CancellationToken.None);
        Assert.False(flushed.IsCompleted);
        var closed = sink.DisposeAsync();
        Assert.False(closed.IsCompleted);
        clock.Start();
        Assert.True(flushed.IsCompletedSuccessfully);
        Assert.True(closed.IsCompletedSuccessfully);
        Open("a", from: new FilePosition(2)).Dispose();
    }

    [Fact]
    public void A_flush_that_is_cancelled_says_so()
    {
        var clock = new VirtualScheduler();
        using var sink = Open("a");
        sink.Start(clock);
        var flushed = sink.FlushAsync(new CancellationToken(canceled: true));
        clock.Start();
        Assert.True(flushed.IsCanceled);
    }

    [Fact]
    public void After_Dispose_nothing_can_be_asked_and_the_file_is_closed()
    {
        var sink = Open("a");
        sink.Dispose();
        sink.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sink.WriteBatch(["1"]));
        Assert.Throws<ObjectDisposedException>(() => sink.Snapshot());
        using var alone = File.OpenHandle(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private StatefulSinkPartition<string, FilePosition> Open(
        string name, FileSinkOptions? options = null, ResumeState<FilePosition> from = default)
    {
        var sink = new FileSink(_folder[name], options);
        return sink.BuildPartition("step", sink.ListPartitions()[0], from);
    }
}
