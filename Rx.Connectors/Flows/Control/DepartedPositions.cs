using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>Where partitions ended, for the case that one comes back within the run. From any thread.</summary>
internal sealed class DepartedPositions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Step, string Partition), object> _last = [];

    public void Keep<TPosition>(string step, string partition, ResumeState<TPosition> position)
    {
        lock (_gate)
        {
            _last[(step, partition)] = position;
        }
    }

    public bool TryTake<TPosition>(string step, string partition, out ResumeState<TPosition> position)
    {
        lock (_gate)
        {
            var known = _last.Remove((step, partition), out var last);
            position = known ? (ResumeState<TPosition>)last! : ResumeState<TPosition>.None;
            return known;
        }
    }
}
