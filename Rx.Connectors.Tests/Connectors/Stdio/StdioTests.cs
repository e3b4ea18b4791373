using System.Threading.Channels;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sinks;
using Rx.Connectors.Stdio;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Stdio;

public sealed class StdioTests
{
    private static readonly BridgeOptions _atOnce = new() { MaxBatchSize = 10, MaxBatchDelay = TimeSpan.Zero };

    [Fact]
    public void P25_every_item_is_a_line_and_each_batch_is_flushed()
    {
        var writer = new FlushedWriter();
        using var partition = new StdOutSink(writer).Build("out", 0, 1);
        partition.WriteBatch(["one", "", "two"]);
        Assert.Equal("one\n\ntwo\n", writer.Flushed);
        partition.WriteBatch(["three"]);
        Assert.Equal("one\n\ntwo\nthree\n", writer.Flushed);
        Assert.Equal(2, writer.Flushes);
    }

    [Fact]
    public void An_item_of_any_type_is_a_line_of_its_text()
    {
        var writer = new FlushedWriter();
        using var plain = new StdOutSink<double?>(writer).Build("out", 0, 1);
        plain.WriteBatch([1.5, null]);
        using var own = new StdOutSink<int>(writer, item => $"<{item}>").Build("out", 0, 1);
        own.WriteBatch([1, 2]);
        Assert.Equal("1.5\n\n<1>\n<2>\n", writer.Flushed);
    }

    [Fact]
    public async Task P25_lines_of_several_workers_come_whole()
    {
        var writer = new FlushedWriter();
        var sink = new StdOutSink(writer);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            using var partition = sink.Build("out", worker, 4);
            for (var i = 0; i < 500; i++)
            {
                partition.WriteBatch([$"{worker} {i}", $"{worker} {i} again"]);
            }
        })));
        var lines = writer.Flushed.Split('\n')[..^1];
        Assert.Equal(4_000, lines.Length);
        for (var worker = 0; worker < 4; worker++)
        {
            Assert.Equal(
                Enumerable.Range(0, 500).SelectMany(i => new[] { $"{worker} {i}", $"{worker} {i} again" }),
                lines.Where(line => line.StartsWith($"{worker} ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void K3_a_write_that_fails_confirms_nothing_and_so_do_all_after_it()
    {
        var writer = new FlushedWriter { Failure = new IOException("Broken pipe") };
        using var partition = new StdOutSink(writer).Build("out", 0, 1);
        for (var i = 0; i < 2; i++)
        {
            var failure = Assert.Throws<SinkWriteException>(() => partition.WriteBatch(["one", "two"]));
            Assert.Equal([0, 1], failure.Failed.Select(failed => failed.Index));
            Assert.Contains("what read it may have ended. Broken pipe", failure.Message, StringComparison.Ordinal);
            writer.Failure = null;
        }

        Assert.Equal("", writer.Flushed);
    }

    [Fact]
    public void A_disposed_partition_refuses_to_write_and_leaves_standard_output_open()
    {
        var writer = new FlushedWriter();
        var sink = new StdOutSink(writer);
        var partition = sink.Build("out", 0, 1);
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.WriteBatch(["one"]));
        sink.Build("out", 0, 1).WriteBatch(["two"]);
        Assert.Equal("two\n", writer.Flushed);
    }

    [Fact]
    public void P25_lines_are_read_to_the_end_by_the_first_worker_alone() => Gen.Char["ab\r"].Array[0, 5].Array[0, 20].Sample(parts =>
    {
        var text = string.Join('\n', parts.Select(part => new string(part)));
        var expected = new List<string>();
        for (var reader = new StringReader(text); reader.ReadLine() is { } line;)
        {
            expected.Add(line);
        }

        var clock = new VirtualScheduler();
        var source = new StdInSource(new LineReader(() => new StringReader(text)), _atOnce);
        using var first = new PollHost<string>(source.Build("in", 0, 2), clock);
        using var second = new PollHost<string>(source.Build("in", 1, 2), clock);
        clock.Start();
        Assert.Equal(expected, first.Items);
        Assert.True(first.IsComplete && second.IsComplete);
        Assert.Empty(second.Items);
    });

    [Fact]
    public async Task S10_a_source_that_is_closed_leaves_the_line_it_waits_for_to_the_next()
    {
        var input = new SlowReader();
        var lines = new LineReader(() => input);
        var first = new StdInSource(lines, _atOnce).Build("in", 0, 1);
        Assert.Empty(first.NextBatch()!);
        await RealPolls.Until(() => input.Reads == 1);
        await first.DisposeAsync().AsTask().WaitAsync(Times.Patience);

        var second = new StdInSource(lines, _atOnce).Build("in", 0, 1);
        Assert.Empty(second.NextBatch()!);
        input.Write("one");
        input.Write("two");
        input.Write(null);
        Assert.Equal(["one", "two"], await second.ReadToEndAsync());
        var third = new StdInSource(lines, _atOnce).Build("in", 0, 1);
        Assert.Empty(await third.ReadToEndAsync());
        Assert.Equal(3, input.Reads);
    }

    [Fact]
    public async Task S2_two_sources_of_one_process_share_the_lines()
    {
        var input = new SlowReader();
        var lines = new LineReader(() => input);
        var source = new StdInSource(lines, _atOnce);
        using var first = source.Build("in", 0, 1);
        using var second = source.Build("in", 0, 1);
        var reading = new[] { first.ReadToEndAsync(), second.ReadToEndAsync() };
        for (var i = 0; i < 1_000; i++)
        {
            input.Write($"{i:0000}");
        }

        input.Write(null);
        var read = await Task.WhenAll(reading);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i:0000}"), read.SelectMany(one => one).Order());
    }

    private sealed class FlushedWriter : StringWriter
    {
        public FlushedWriter() => CoreNewLine = ['\n'];

        public string Flushed { get; private set; } = "";

        public int Flushes { get; private set; }

        public Exception? Failure { get; set; }

        public override void Flush()
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            Flushes++;
            Flushed = ToString();
        }
    }

    private sealed class SlowReader : TextReader
    {
        private readonly Channel<string?> _lines = Channel.CreateUnbounded<string?>();
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public void Write(string? line) => Assert.True(_lines.Writer.TryWrite(line));

        public override ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return _lines.Reader.ReadAsync(CancellationToken.None);
        }
    }
}
