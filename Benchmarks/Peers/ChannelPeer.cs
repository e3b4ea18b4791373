using System.Diagnostics;
using System.Threading.Channels;

namespace Rx.Connectors.Benchmarks;

/// <summary>What is written by hand around a bounded channel: the polling thread gathers the batches itself.</summary>
internal static class ChannelPeer
{
    public static long Bridge(int items, int count)
    {
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1_024) { SingleReader = true, SingleWriter = true });
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
