using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

/// <summary>
/// One process that runs the flow: its clock, and the moment at which it is no more. From then on nothing that it does reaches the
/// world: every call into it is thrown out, and its clock runs nothing.
/// </summary>
internal sealed class SimulatedProcess
{
    // Far more than the largest plan needs.
    private const long MostActions = 1_000_000;

    private readonly SimulationPlan _plan;
    private readonly CrashPlan _crash;
    private readonly SeededRandom _random;
    private long _steps;
    private int _commits;

    public SimulatedProcess(SimulationPlan plan, CrashPlan crash, int number, ulong seed, DateTimeOffset now, bool hasFaults)
    {
        _plan = plan;
        _crash = crash;
        _random = SeededRandom.For(seed, $"process {number}");
        Number = number;
        HasFaults = hasFaults;
        Clock = new VirtualScheduler(new VirtualSchedulerOptions { Origin = now, Seed = _random.Next(), Escapes = EscapePolicy.Report }) { BeforeAction = Step };
    }

    public int Number { get; }

    public VirtualScheduler Clock { get; }

    public bool HasFaults { get; }

    public bool IsDead { get; private set; }

    public bool RunsForEver { get; private set; }

    /// <summary>How many clients of the world this process has open.</summary>
    public int Open { get; set; }

    public SeededRandom Random => _random;

    /// <summary>Something is about to happen, or has: here the process may crash.</summary>
    public void Step()
    {
        RunsForEver |= Clock.Actions > MostActions;
        if (RunsForEver || ++_steps == _crash.AtStep)
        {
            Crash();
        }
    }

    /// <summary>A call into the world.</summary>
    /// <exception cref="HaltedException">The process is dead.</exception>
    public void Call()
    {
        if (!IsDead)
        {
            Step();
        }

        ThrowIfDead();
    }

    /// <summary>A commit is about to take effect, or has.</summary>
    public void Commit(bool isDone)
    {
        Call();
        if (!isDone)
        {
            _commits++;
        }

        if (_commits == _crash.AtCommit && isDone == _crash.AfterCommit)
        {
            Crash();
            ThrowIfDead();
        }
    }

    /// <exception cref="HaltedException">The process is dead.</exception>
    public void ThrowIfDead()
    {
        if (IsDead)
        {
            throw new HaltedException();
        }
    }

    /// <summary>Fails once in a while.</summary>
    /// <exception cref="IOException">Now.</exception>
    public void MayFail(string what)
    {
        if (IsFailing())
        {
            throw new IOException($"{what} failed, as it was drawn.");
        }
    }

    public bool IsFailing() => HasFaults && _random.OneIn(_plan.FaultOneIn);

    /// <summary>Waits in virtual time; zero ends at once, on the same stack.</summary>
    public Task Delay(int units, CancellationToken cancellationToken = default)
    {
        if (units == 0 || cancellationToken.IsCancellationRequested)
        {
            return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
        }

        var over = new TaskCompletionSource();
        var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), over);
        Clock.Schedule((over, registration), TimeSpan.FromTicks(units * SimulationPlan.Unit), static (_, delay) =>
        {
            delay.registration.Dispose();
            delay.over.TrySetResult();
            return Disposable.Empty;
        });
        return over.Task;
    }

    /// <summary>As <see cref="Delay"/>, for a client that ends quietly when it is cancelled; most of a simulation's time would go
    /// into exceptions.</summary>
    /// <returns>Whether the time has passed.</returns>
    public Task<bool> DelayOrStop(int units, CancellationToken cancellationToken)
    {
        if (units == 0 || cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult(!cancellationToken.IsCancellationRequested);
        }

        var over = new TaskCompletionSource<bool>();
        var registration = cancellationToken.UnsafeRegister(
            static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), over);
        Clock.Schedule((over, registration), TimeSpan.FromTicks(units * SimulationPlan.Unit), static (_, delay) =>
        {
            delay.registration.Dispose();
            delay.over.TrySetResult(true);
            return Disposable.Empty;
        });
        return over.Task;
    }

    private void Crash()
    {
        IsDead = true;
        Clock.Halt();
    }
}
