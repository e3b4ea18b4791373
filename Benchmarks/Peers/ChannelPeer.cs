using System.Diagnostics;
using System.Threading.Channels;

namespace Rx.Connectors.Benchmarks;

/// <summary>What is written by hand around a bounded channel: the polling thread gathers the batches itself.</summary>
internal static class ChannelPeer
{
    public static long Bridge(int items, int count)
    {
        var channel = Create();
        var write = Task.Run(() => WriteAsync(channel.Writer, items));
        var sum = 0L;
        while (NextBatch(channel.Reader, count) is { Count: > 0 } batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                sum += batch[i];
            }
        }

        write.GetAwaiter().GetResult();
        return sum;
    }

    public static async Task EndToEnd(int items, BatchWrites writes)
    {
        var channel = Create();
        var write = Task.Run(async () =>
        {
            await foreach (var item in Ints.Stream(items))
            {
                if (EndToEndWorkload.IsKept(item))
                {
                    await channel.Writer.WriteAsync(item + 1);
                }
            }

            channel.Writer.Complete();
        });
        await Task.Run(() => WriteBatchesAsync(channel.Reader, writes));
        await write;
    }

    private static Channel<int> Create() =>
        Channel.CreateBounded<int>(new BoundedChannelOptions(1_024) { SingleReader = true, SingleWriter = true });

    private static async Task WriteBatchesAsync(ChannelReader<int> reader, BatchWrites writes)
    {
        var batch = new List<int>(EndToEndWorkload.Count);
        while (await reader.WaitToReadAsync())
        {
            var begun = Stopwatch.GetTimestamp();
            while (batch.Count < EndToEndWorkload.Count)
            {
                if (reader.TryRead(out var item))
                {
                    batch.Add(item);
                }
                else if (!await HasMoreAsync(reader, BridgeWorkload.Delay - Stopwatch.GetElapsedTime(begun)))
                {
                    break;
                }
            }

            await writes.WriteAsync(batch, CancellationToken.None);
            batch.Clear();
        }
    }

    // False at the end, and when the time of the batch is over.
    private static async ValueTask<bool> HasMoreAsync(ChannelReader<int> reader, TimeSpan left)
    {
        var more = reader.WaitToReadAsync();
        if (more.IsCompletedSuccessfully)
        {
            return more.Result;
        }

        try
        {
            return await more.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task WriteAsync(ChannelWriter<int> writer, int items)
    {
        await foreach (var item in Ints.Stream(items))
        {
            await writer.WriteAsync(item + 1);
        }

        writer.Complete();
    }

    // Empty at the end.
    private static List<int> NextBatch(ChannelReader<int> reader, int count)
    {
        var batch = new List<int>(count);
        var begun = 0L;
        while (batch.Count < count)
        {
            if (reader.TryRead(out var item))
            {
                begun = batch.Count == 0 ? Stopwatch.GetTimestamp() : begun;
                batch.Add(item);
                continue;
            }

            var more = reader.WaitToReadAsync().AsTask();
            var left = batch.Count == 0 ? Timeout.InfiniteTimeSpan : BridgeWorkload.Delay - Stopwatch.GetElapsedTime(begun);
            if ((left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan) || !more.Wait(left) || !more.Result)
            {
                break;
            }
        }

        return batch;
    }
}
