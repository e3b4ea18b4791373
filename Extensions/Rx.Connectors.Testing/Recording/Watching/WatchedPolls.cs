using System.Collections;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>What is recorded of a poll.</summary>
internal static class WatchedPolls
{
    public static DateTimeOffset? NextAwake<T>(SourcePartition<T> inner, RecordingLane lane)
    {
        var awake = lane.Try(() => inner.NextAwake);
        lane.Awake(awake);
        return awake;
    }

    public static IReadOnlyList<T>? NextBatch<T>(SourcePartition<T> inner, RecordingLane lane)
    {
        if (lane.Try(inner.NextBatch) is not { } batch)
        {
            lane.Note(RecordedKind.Completed);
            return null;
        }

        var read = Read(batch, out var error);
        lane.Items(RecordedKind.Polled, read);
        if (error is null)
        {
            return read;
        }

        lane.Failed(error);
        return new BrokenBatch<T>(read, error);
    }

    // A batch may make its items while it is read. It is read once and no more: by the recording, instead of the host.
    private static List<T> Read<T>(IReadOnlyList<T> batch, out Exception? error)
    {
        var read = new List<T>();
        error = null;
        try
        {
            var count = batch.Count;
            for (var i = 0; i < count; i++)
            {
                read.Add(batch[i]);
            }
        }
        catch (Exception failure)
        {
            error = failure;
        }

        return read;
    }

    /// <summary>What of a batch could be read, and the failure where the host comes to it.</summary>
    private sealed class BrokenBatch<T>(List<T> read, Exception error) : IReadOnlyList<T>
    {
        // One more than there are: who reads them all meets the failure.
        public int Count => read.Count + 1;

        public T this[int index] => index < read.Count ? read[index] : throw error;

        public IEnumerator<T> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
            {
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
