using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Who waits for room in a bridge: the paused feed, and threads that the <see cref="OverflowPolicy.Block"/> policy holds up.
/// Kept under the bridge's lock, woken outside of it.
/// </summary>
internal sealed class RoomWaiters(IScheduler clock)
{
    private Action? _pausedFeed;
    private List<BlockedSender>? _blocked;

    public void Pause(Action resume) => _pausedFeed = resume;

    public BlockedSender AddBlocked()
    {
        var sender = new BlockedSender(clock);
        (_blocked ??= []).Add(sender);
        return sender;
    }

    /// <summary>Takes out all of them, to go on.</summary>
    /// <param name="muchRoom">Whether there is so much room that waking them pays. If not, none is taken out.</param>
    public Released Take(bool muchRoom)
    {
        if (!muchRoom)
        {
            return default;
        }

        var released = new Released(_pausedFeed, _blocked);
        _pausedFeed = null;
        _blocked = null;
        return released;
    }

    /// <summary>A thread that waits to be let go. It then looks for itself, for others may have been quicker.</summary>
    internal sealed class BlockedSender(IScheduler clock)
    {
        private readonly Mailbox _mailbox = new(clock);
        private bool _released;

        public void Wait() =>
            _mailbox.Run(() => _released, until: null, $"An OnNext with {nameof(OverflowPolicy)}.{nameof(OverflowPolicy.Block)}");

        public void Release() => _mailbox.Post(static state => ((BlockedSender)state!)._released = true, this);
    }

    internal readonly struct Released(Action? feed, List<BlockedSender>? blocked)
    {
        public void Wake()
        {
            feed?.Invoke();
            if (blocked is null)
            {
                return;
            }

            foreach (var sender in blocked)
            {
                sender.Release();
            }
        }
    }
}
