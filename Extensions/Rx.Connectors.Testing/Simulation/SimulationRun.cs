using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Testing;

/// <summary>Runs the processes of one case, one after another, until the flow is complete; then compares.</summary>
internal sealed class SimulationRun
{
    // After so many runs beyond the planned crashes nothing fails any more, so that there is an end; then a few may still be needed.
    private const int RunsWithFaults = 12;
    private const int MostRuns = 40;

    private readonly SimulationCase _case;
    private readonly SimulationPlan _plan;
    private readonly SimulatedWorld _world;
    private readonly WorldClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly List<string> _faults = [];
    private readonly Recording? _recording;
    private int _crashes;

    public SimulationRun(SimulationCase one, bool isRecorded)
    {
        _case = one;
        _plan = SimulationPlan.Draw(one);
        _recording = isRecorded ? new Recording(_clock) : null;
        _world = new SimulatedWorld(_plan, one.Seed, _recording);
    }

    public Recording? Recording => _recording;

    public SimulationResult Run()
    {
        var runs = 0;
        while (_faults.Count == 0 && !RunProcess(runs++))
        {
            if (runs == MostRuns)
            {
                _faults.Add($"The flow is not complete after {runs} runs.");
            }
        }

        var count = new ArrivalCount(_plan, _world, _faults);
        return new SimulationResult
        {
            Case = _case,
            Crashes = _crashes,
            Runs = runs,
            Items = count.Expected,
            Lost = count.Lost,
            Duplicated = count.Duplicated,
            Repeated = count.Repeated,
            VirtualTime = _clock.Now - DateTimeOffset.UnixEpoch,
            Faults = _faults,
        };
    }

    /// <returns>Whether the flow is complete.</returns>
    private bool RunProcess(int number)
    {
        var crash = number < _plan.Crashes.Count ? _plan.Crashes[number] : CrashPlan.Never;
        var hasFaults = _plan.HasFaults && number < _plan.Crashes.Count + RunsWithFaults;
        var process = new SimulatedProcess(_plan, crash, number, _case.Seed, _clock.Now, hasFaults);
        _clock.Process = process;
        var run = new SimulatedFlow(_plan, _world, process, _recording).Start();
        EndEarly(process, run);
        Drive(process, number);
        if (process.IsDead)
        {
            _crashes++;
            _world.Crash();
            Check(!process.RunsForEver, number, "runs for ever");
            return false;
        }

        Check(run.Completion.IsCompleted, number, "hangs: nothing is left to run");
        if (!run.Completion.IsCompleted)
        {
            return false;
        }

        Check(process.Open == 0, number, $"has ended, and left {process.Open} clients open");
        return IsComplete(run.Completion, process);
    }

    private void Drive(SimulatedProcess process, int number)
    {
        try
        {
            process.Clock.Start();
        }
        catch (HaltedException) when (process.IsDead)
        {
            // Thrown out of an action that nobody else stood around.
        }
        catch (EscapedWorkException error)
        {
            Check(false, number, error.Message);
        }
    }

    private bool IsComplete(Task<FlowResult> completion, SimulatedProcess process)
    {
        if (completion.Exception?.InnerException is { } error)
        {
            // Only what was drawn may fail a run: a failure, or a query that is wrong.
            var isQuery = error is FlowException { Step: { } step } && error.GetBaseException() is PositionOrderException
                && !_world.IsMended && _plan.Sources.Any(source => source.StepId == step && source.Query.IsWrong());
            _world.IsMended |= isQuery;
            var isDrawn = isQuery || error.GetBaseException() is IOException or Recovery.RecoveryStoreException and not Recovery.ExecutionAliveException
                && error.GetBaseException() is not InvalidDataException;
            Check(isDrawn, process.Number, $"failed: {error.Message} {error.GetBaseException().Message}");
            _recording?.Add("flow", RecordedKind.Failed, error.Message);
            return false;
        }

#pragma warning disable VSTHRD002 // It has ended.
        var result = completion.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        // A client that fails while it closes, as in its last acknowledgement, is named here; the broker then delivers once more.
        Check(result.NotClosed.Count == 0 || process.HasFaults, process.Number, $"did not close {string.Join(", ", result.NotClosed)}");
        _recording?.Add("flow", RecordedKind.Completed, result.Outcome);
        return result.Outcome == FlowOutcome.Completed && result.NotClosed.Count == 0;
    }

    // Now and then somebody stops a run, or aborts it.
    private static void EndEarly(SimulatedProcess process, FlowRun run)
    {
        if (process.HasFaults && process.Random.OneIn(6))
        {
            var at = process.Random.Next(200) * SimulationPlan.Unit;
            Action end = process.Random.OneIn(2) ? run.Stop : run.Abort;
            process.Clock.At(at, end);
        }
    }

    private void Check(bool isRight, int number, string fault)
    {
        if (!isRight)
        {
            _faults.Add($"Run {number} {fault}.");
        }
    }
}
