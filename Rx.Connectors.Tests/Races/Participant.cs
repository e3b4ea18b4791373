using System.Collections.Concurrent;

namespace Rx.Connectors.Races;

/// <summary>Who takes part in a race: it runs only when it has the turn.</summary>
internal sealed class Participant(string name, Action body)
{
    private Seat? _seat;

    public string Name => name;

    /// <summary>What it waits for; null where it could go on.</summary>
    public Func<bool>? Until { get; set; }

    /// <summary>What it waits for, in words.</summary>
    public string Waits { get; set; } = "";

    /// <summary>Whether it goes on by itself when nobody else can: it waits for a time, too.</summary>
    public bool IsTimed { get; set; }

    public bool IsOver { get; private set; }

    public bool IsReady => !IsOver && (Until is null || Until());

    public void Start(Action<Participant, Exception?> ended) => _seat = Seat.Take(() =>
    {
        Turns.Self = this;
        Exception? error = null;
        try
        {
            body();
        }
        catch (Exception e)
        {
            error = e;
        }

        IsOver = true;
        Turns.Self = null;
        ended(this, error);
    });

    /// <summary>Lets it go on. Whoever calls this has had the turn.</summary>
    public void Give() => _seat!.Turn.Release();

    public void Await() => _seat!.Turn.Wait();

    /// <summary>A thread, which serves one participant after the other: there are thousands. One that waits for ever is left to itself.</summary>
    private sealed class Seat
    {
        private static readonly ConcurrentBag<Seat> _free = [];

        private Action _work = static () => { };

        public SemaphoreSlim Turn { get; } = new(0);

        public static Seat Take(Action work)
        {
            if (!_free.TryTake(out var seat))
            {
                seat = new Seat();
                new Thread(seat.Run) { IsBackground = true }.Start();
            }

            seat._work = work;
            return seat;
        }

        private void Run()
        {
            while (true)
            {
                Turn.Wait();
                _work();
                _free.Add(this);
            }
        }
    }
}
