namespace Rx.Connectors.Races;

/// <summary>
/// One run of a race in one order. Only one participant runs at a time; it may lose its turn wherever it comes to a lock or to a
/// field that threads share, and nowhere else. Which one goes on there is a decision of the order.
/// </summary>
/// <param name="order">Decides.</param>
/// <param name="participants">All of them.</param>
/// <param name="mayRest">Whether they may come to wait for each other for ever, and are then let go.</param>
internal sealed class Turns(Order order, IReadOnlyList<Participant> participants, bool mayRest)
{
    // Far more than any race here has.
    private const int MostPoints = 20_000;

    [ThreadStatic]
    private static Participant? _self;

    private static Turns? _current;

    private readonly SemaphoreSlim _over = new(0);
    private string? _wrong;
    private int _points;
    private int _handOvers;
    private bool _isResting;

    /// <summary>Whether all have come to rest, as they may: who waits should end.</summary>
    public static bool IsResting => _current!._isResting;

    public static Participant? Self
    {
        get => _self;
        set => _self = value;
    }

    /// <summary>Runs it to its end. What went wrong; null if nothing did. After that the threads that still wait are left where they are.</summary>
    public string? Run()
    {
        _current = this;
        foreach (var participant in participants)
        {
            participant.Start(Ended);
        }

        Choose(null)!.Give();
        _over.Wait();
        _current = null;
        return _wrong;
    }

    /// <summary>A place at which another may go on. Threads that take no part go on at once.</summary>
    public static void Point()
    {
        if (_self is { } self)
        {
            _current?.Pass(self);
        }
    }

    /// <summary>Waits for something that another participant does.</summary>
    /// <param name="condition">What must be true then.</param>
    /// <param name="what">The same in words.</param>
    /// <param name="isTimed">Whether it goes on anyway when nobody else can: only then does time pass.</param>
    public static void WaitUntil(Func<bool> condition, string what, bool isTimed = false)
    {
        if (_self is not { } self || _current is not { } turns)
        {
            throw new InvalidOperationException($"A thread that takes no part would wait: {what}.");
        }

        self.Until = condition;
        self.Waits = what;
        self.IsTimed = isTimed;
        turns.Pass(self);
        self.Until = null;
        self.IsTimed = false;
    }

    /// <summary>Lets at least one other participant run.</summary>
    public static void Spin()
    {
        var handOvers = _current?._handOvers;
        WaitUntil(() => _current?._handOvers != handOvers, "spins");
    }

    private void Pass(Participant self)
    {
        var next = ++_points > MostPoints ? null : Choose(self);
        if (next == self)
        {
            return;
        }

        _handOvers++;
        if (next is null)
        {
            End(_points > MostPoints ? "It does not end." : $"Nobody can go on: {Waiting()}.");
        }
        else
        {
            next.Give();
        }

        self.Await();
    }

    private void Ended(Participant self, Exception? error)
    {
        _handOvers++;
        if (error is not null)
        {
            End($"{self.Name}: {error}");
        }
        else if (Choose(null) is { } next)
        {
            next.Give();
        }
        else
        {
            End(participants.All(static one => one.IsOver) ? null : $"Nobody can go on: {Waiting()}.");
        }
    }

    private void End(string? wrong)
    {
        _wrong = wrong;
        _over.Release();
    }

    // Who runs already comes first, so that the first order is the one with the fewest changes.
    private Participant? Choose(Participant? self)
    {
        var goesOn = self is { IsReady: true };
        var ready = participants.Where(one => one != self && one.IsReady).ToList();
        if (goesOn)
        {
            ready.Insert(0, self!);
        }

        return ready.Count > 0 ? ready[order.Choose(ready.Count, isInterruption: goesOn)] : ChooseAtRest();
    }

    private Participant? ChooseAtRest()
    {
        if (participants.FirstOrDefault(static one => one is { IsTimed: true, IsOver: false }) is { } timed)
        {
            return timed;
        }

        if (mayRest && !_isResting)
        {
            _isResting = true;
            return participants.FirstOrDefault(static one => one.IsReady);
        }

        return null;
    }

    private string Waiting() =>
        string.Join(", ", participants.Where(static one => !one.IsOver).Select(static one => $"{one.Name} waits: {one.Waits}"));
}
