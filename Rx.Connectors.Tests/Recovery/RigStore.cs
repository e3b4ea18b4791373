using System.Globalization;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>A store that tells the rig's log what it does, and checks at every commit that sources and sinks are cut at one place.</summary>
internal sealed class RigStore(Rig rig, IRecoveryStore? inner = null) : IRecoveryStore
{
    private int _inside;

    /// <summary>What fails, hangs or takes its time by plan. The log hears of an attempt before it does.</summary>
    public TestingRecoveryStore Plan { get; } = new(inner);

    public Dictionary<(string Step, string Partition), StoredPosition> States { get; } = [];

    public List<EpochCommit> Commits { get; } = [];

    /// <summary>What is waited for before a commit, by its number.</summary>
    public Func<long, CancellationToken, Task>? Commit { get; set; }

    /// <summary>What is waited for before the store is open.</summary>
    public Func<CancellationToken, Task>? Open { get; set; }

    /// <summary>The first commit whose positions did not agree.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Whether the positions of source partitions and of sinks must cover the same items at every commit.</summary>
    public bool ChecksCut { get; set; }

    public string? this[string step, string partition] => States.GetValueOrDefault((step, partition))?.State;

    /// <summary>Stores a state beside any run.</summary>
    public async Task Put(params StoredPosition[] states)
    {
        await using var execution = await Plan.OpenAsync("rig", false, default);
        await execution.CommitAsync(new EpochCommit(execution.LastEpoch + 1, default, states), default);
        foreach (var state in states)
        {
            States[(state.Step, state.Partition)] = state;
        }
    }

    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        rig.Note("open");
        if (Open is { } open)
        {
            await open(cancellationToken);
        }

        var execution = await Plan.OpenAsync(flow, takeOver, cancellationToken);
        try
        {
            rig.Note("opened");
        }
        catch (Exception)
        {
            await execution.DisposeAsync();
            throw;
        }

        return new Execution(this, rig, execution);
    }

    private void Check()
    {
        var read = States.Values.Where(state => state.Kind == StepKind.Source)
            .SelectMany(state => Enumerable.Range(0, int.Parse(state.State!, CultureInfo.InvariantCulture)).Select(i => $"{state.Partition}:{i}"));
        var written = States.Values.Where(state => state.Kind == StepKind.Sink)
            .SelectMany(state => rig.Sink.Of(state.Partition).Take(int.Parse(state.State!, CultureInfo.InvariantCulture)));
        Assert.Equal(read.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    private sealed class Execution(RigStore store, Rig rig, IRecoveryExecution inner) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredPosition> States => inner.States;

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref store._inside) != 1)
            {
                store.Fault = new InvalidOperationException("Two commits at a time.");
            }

            try
            {
                rig.Note($"commit {epoch.Number}");
                if (store.Commit is { } commit)
                {
                    await commit(epoch.Number, cancellationToken);
                }

                await inner.CommitAsync(epoch, cancellationToken);
                if (store.Commits.Count > 0 && store.Commits[^1].Number == epoch.Number)
                {
                    return;
                }

                store.Commits.Add(epoch);
                foreach (var change in epoch.Changes)
                {
                    if (change.State is null)
                    {
                        store.States.Remove((change.Step, change.Partition));
                    }
                    else
                    {
                        store.States[(change.Step, change.Partition)] = change;
                    }
                }

                if (store.ChecksCut && store.Fault is null)
                {
                    store.Fault = Record.Exception(store.Check);
                }

                rig.Note($"durable {epoch.Number}");
            }
            finally
            {
                Interlocked.Decrement(ref store._inside);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            rig.Note("closed");
        }
    }
}
