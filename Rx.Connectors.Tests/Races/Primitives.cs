using System.Runtime.CompilerServices;
using Rx.Connectors.Races;

#pragma warning disable IDE0130 // They must have the names of the framework's own.
namespace System.Threading;

/// <summary>Who holds a lock, in a race. One runs at a time, so its own fields need none.</summary>
internal sealed class Hold
{
    private readonly Queue<Waiter> _waiters = new();
    private int _thread;
    private int _depth;

    public bool IsMine => _thread == Environment.CurrentManagedThreadId;

    public void Enter()
    {
        Turns.Point();
        if (_depth > 0 && !IsMine)
        {
            Turns.WaitUntil(() => _depth == 0, "a lock");
        }

        _thread = Environment.CurrentManagedThreadId;
        _depth++;
    }

    public void Exit()
    {
        if (--_depth == 0)
        {
            _thread = 0;
        }

        Turns.Point();
    }

    public void Wait()
    {
        var (waiter, depth) = (new Waiter(), _depth);
        _waiters.Enqueue(waiter);
        (_thread, _depth) = (0, 0);
        Turns.WaitUntil(() => waiter.IsPulsed && _depth == 0, "to be pulsed");
        (_thread, _depth) = (Environment.CurrentManagedThreadId, depth);
    }

    public void Pulse()
    {
        if (_waiters.TryDequeue(out var waiter))
        {
            waiter.IsPulsed = true;
        }
    }

    private sealed class Waiter
    {
        public bool IsPulsed { get; set; }
    }
}

/// <summary>Stands for the framework's.</summary>
internal sealed class Lock
{
    private readonly Hold _hold = new();

    public bool IsHeldByCurrentThread => _hold.IsMine;

    public void Enter() => _hold.Enter();

    public void Exit() => _hold.Exit();

    public Scope EnterScope()
    {
        Enter();
        return new Scope(this);
    }

    public readonly ref struct Scope(Lock entered)
    {
        public void Dispose() => entered.Exit();
    }
}

internal static class Monitor
{
    private static readonly ConditionalWeakTable<object, Hold> _holds = [];

    /// <summary>For faults: lets another thread in for a moment.</summary>
    public static bool LetGo(object gate)
    {
        Of(gate).Exit();
        Of(gate).Enter();
        return true;
    }

    public static void Enter(object gate, ref bool taken)
    {
        Of(gate).Enter();
        taken = true;
    }

    public static void Exit(object gate) => Of(gate).Exit();

    public static bool IsEntered(object gate) => Of(gate).IsMine;

    /// <summary>A time is never up here.</summary>
    public static bool Wait(object gate, int milliseconds)
    {
        _ = milliseconds;
        Of(gate).Wait();
        return true;
    }

    public static void Pulse(object gate) => Of(gate).Pulse();

    public static void PulseAll(object gate) => throw new NotSupportedException("No code in a race needs it yet.");

    private static Hold Of(object gate) => _holds.GetValue(gate, static _ => new Hold());
}

internal static class Volatile
{
    public static T Read<T>(ref readonly T location)
    {
        Turns.Point();
        return location;
    }

    public static void Write<T>(ref T location, T value)
    {
        Turns.Point();
        location = value;
    }
}

internal static class Interlocked
{
    public static T Exchange<T>(ref T location, T value)
    {
        Turns.Point();
        (var before, location) = (location, value);
        return before;
    }

    public static T CompareExchange<T>(ref T location, T value, T comparand)
    {
        Turns.Point();
        var before = location;
        if (typeof(T).IsValueType ? EqualityComparer<T>.Default.Equals(before, comparand) : ReferenceEquals(before, comparand))
        {
            location = value;
        }

        return before;
    }

    public static long Read(ref readonly long location)
    {
        Turns.Point();
        return location;
    }

    public static int Increment(ref int location) => Add(ref location, 1);

    public static int Decrement(ref int location) => Add(ref location, -1);

    public static int Add(ref int location, int value)
    {
        Turns.Point();
        return location += value;
    }

    public static long Increment(ref long location) => Add(ref location, 1);

    public static long Decrement(ref long location) => Add(ref location, -1);

    public static long Add(ref long location, long value)
    {
        Turns.Point();
        return location += value;
    }

    public static void MemoryBarrier() => Turns.Point();

    public static void MemoryBarrierProcessWide() => Turns.Point();
}

internal struct SpinWait
{
    public int Count { get; private set; }

    public void SpinOnce(int sleep1Threshold = 0)
    {
        Count++;
        Turns.Spin();
    }

    public void Reset() => Count = 0;

    public static void SpinUntil(Func<bool> condition) => Turns.WaitUntil(condition, "spins");
}
