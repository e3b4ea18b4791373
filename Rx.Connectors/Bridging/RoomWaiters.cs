using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Who waits for room in a bridge: the paused feed, and threads that the <see cref="OverflowPolicy.Block"/> policy holds up.
/// Kept under the buffer's lock, woken outside of it.
/// </summary>
internal sealed class RoomWaiters(IScheduler clock)
{
    private Action? _pausedFeed;
    private List<Mailbox>? _blocked;

    public void Pause(Action resume) => _pausedFeed = resume;

    public Mailbox AddBlocked()
    {
        var mailbox = new Mailbox(clock);
        (_blocked ??= []).Add(mailbox);
        return mailbox;
    }

    /// <summary>Takes out those who can go on.</summary>
    /// <param name="room">Whether there is room for one more item.</param>
    /// <param name="muchRoom">Whether there is so much that waking the feed pays.</param>
    public Released Take(bool room, bool muchRoom)
    {
        var released = new Released(muchRoom ? _pausedFeed : null, room ? _blocked : null);
        _pausedFeed = muchRoom ? null : _pausedFeed;
        _blocked = room ? null : _blocked;
        return released;
    }

    internal readonly struct Released(Action? feed, List<Mailbox>? blocked)
    {
        public void Wake()
        {
            feed?.Invoke();
            if (blocked is null)
            {
                return;
            }

            foreach (var mailbox in blocked)
            {
                // An empty message: the thread looks for itself.
                mailbox.Post(static _ => { }, null);
            }
        }
    }
}
