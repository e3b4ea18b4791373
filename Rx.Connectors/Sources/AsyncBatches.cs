using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Sources;

/// <summary>The steps of <see cref="Batch.FromAsync"/>: how long to wait for how many.</summary>
internal sealed class AsyncBatches<T>(AsyncReader<T> reader, TimeSpan timeout, int count, IScheduler scheduler)
    : BatchEnumerator<T>
{
    private readonly ElapsedTime _elapsed = new(scheduler);

    protected override bool Gather(List<T> batch)
    {
        long? until = timeout == Timeout.InfiniteTimeSpan ? null : _elapsed.After(timeout);
        var mailbox = new Mailbox(scheduler, _elapsed);
        mailbox.Enter();
        try
        {
            do
            {
                if (!reader.TryRead(mailbox, until, out var polled))
                {
                    return true;
                }

                if (polled.IsEnd)
                {
                    return false;
                }

                batch.Add(polled.Item);
            }
            while (batch.Count < count && !IsOver(until));

            return true;
        }
        finally
        {
            mailbox.Leave();
        }
    }

    protected override void Close()
    {
        // What the client awaits while it closes must not come back to the caller's context, which may be blocked.
        var mailbox = new Mailbox(scheduler, _elapsed);
        mailbox.Enter();
        try
        {
            reader.Dispose();
        }
        finally
        {
            mailbox.Leave();
        }
    }

    // A client that always has an item at once must not stretch the step; without a timeout to stretch, the count bounds it.
    private bool IsOver(long? until) => timeout > TimeSpan.Zero && _elapsed.Now >= until;
}
