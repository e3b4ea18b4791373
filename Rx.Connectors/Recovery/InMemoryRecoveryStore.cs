namespace Rx.Connectors.Recovery;

/// <summary>
/// Keeps positions for as long as the object lives: for tests, and for hosts that run a flow again and again in one process.
/// Nothing of it survives the process.
/// </summary>
public sealed class InMemoryRecoveryStore : IRecoveryStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flow> _flows = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(flow);
        StoredName.Check(flow, "flow's name", nameof(flow));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_flows.TryGetValue(flow, out var kept))
            {
                _flows.Add(flow, kept = new Flow(flow));
            }

            if (kept.IsAlive && !takeOver)
            {
                throw new ExecutionAliveException(
                    $"Execution {kept.Execution} of flow '{flow}' is alive in this process. Stop it first, or take over.");
            }

            kept.Execution++;
            kept.IsAlive = true;
            return new(new Execution(_gate, kept));
        }
    }

    private sealed class Flow(string name)
    {
        public string Name => name;

        public long Execution { get; set; }

        public long Epoch { get; set; }

        public bool IsAlive { get; set; }

        public Dictionary<(string Step, string Partition), StoredPosition> States { get; } = [];
    }

    private sealed class Execution : IRecoveryExecution
    {
        private readonly Lock _gate;
        private readonly Flow _flow;
        private volatile bool _isDisposed;

        public Execution(Lock gate, Flow flow)
        {
            _gate = gate;
            _flow = flow;
            Number = flow.Execution;
            LastEpoch = flow.Epoch;
            States = [.. flow.States.Values];
        }

        public long Number { get; }

        public long LastEpoch { get; }

        public IReadOnlyList<StoredPosition> States { get; }

        public ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(epoch);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            lock (_gate)
            {
                if (_flow.Execution != Number)
                {
                    throw new ExecutionFencedException(
                        $"Execution {_flow.Execution} of flow '{_flow.Name}' has taken over from execution {Number}.");
                }

                if (epoch.Number > LastEpoch && epoch.Number <= _flow.Epoch)
                {
                    return ValueTask.CompletedTask;
                }

                if (epoch.Number != _flow.Epoch + 1)
                {
                    throw new ArgumentException(
                        $"Epoch {epoch.Number} of flow '{_flow.Name}' cannot be committed: the last one committed is {_flow.Epoch}, " +
                        $"and the next must be {_flow.Epoch + 1}.", nameof(epoch));
                }

                CheckNames(epoch);

                foreach (var change in epoch.Changes)
                {
                    var key = (change.Step, change.Partition);
                    if (change.State is null)
                    {
                        _flow.States.Remove(key);
                    }
                    else
                    {
                        _flow.States[key] = change;
                    }
                }

                _flow.Epoch = epoch.Number;
                return ValueTask.CompletedTask;
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (_gate)
            {
                _isDisposed = true;
                _flow.IsAlive &= _flow.Execution != Number;
                return ValueTask.CompletedTask;
            }
        }

        // As strict as a store that keeps them as text, so that what passes here passes there.
        private static void CheckNames(EpochCommit epoch)
        {
            foreach (var change in epoch.Changes)
            {
                StoredName.Check(change.Step, "step id", nameof(epoch));
                StoredName.Check(change.Partition, $"partition key of step '{change.Step}'", nameof(epoch));
                StoredName.Check(change.State ?? "", $"state of step '{change.Step}', partition '{change.Partition}',", nameof(epoch));
            }
        }
    }
}
