using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>What is stored of one partition, and what of it has changed.</summary>
internal sealed class Position<TPosition>(string flow, RunStore store, StepKind kind, string stepId, string partition)
{
    private string? _stored;
    private bool _isChecked;
    private bool _isMemoryChecked;

    /// <summary>Whether the store has a position.</summary>
    public bool IsStored => store.Log?.Find(stepId, partition) is { State: not null };

    /// <summary>The stored position, or none.</summary>
    /// <exception cref="FlowException">There is one, and it cannot be read.</exception>
    public ResumeState<TPosition> Load()
    {
        if (store.Log is not { } log || log.Find(stepId, partition) is not { State: { } text } stored)
        {
            return ResumeState<TPosition>.None;
        }

        if (stored.Kind != kind)
        {
            throw Unreadable(text, new InvalidDataException($"it belongs to a {stored.Kind}, and the step is a {kind}".ToLowerInvariant()));
        }

        try
        {
            var position = ResumeStateConverter<TPosition>.FromText(text, log.Json.Options);
            _stored = text;
            return position;
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Unreadable(text, error);
        }
    }

    /// <summary>What to commit for a snapshot; null if nothing is stored in this run, or nothing has changed.</summary>
    public StoredPosition? Change(ResumeState<TPosition> snapshot)
    {
        if (store.Log is not { } log)
        {
            return null;
        }

        var text = snapshot.IsNothing ? null : Write(log.Json, snapshot);
        if (text == _stored)
        {
            return null;
        }

        // Nothing else is captured before this is either committed or the end of the run.
        _stored = text;
        return new StoredPosition(kind, stepId, partition, text);
    }

    private string Write(PositionJson json, ResumeState<TPosition> snapshot)
    {
        // Once: what comes back tells of the type, not of the value.
        if (!_isChecked && snapshot.TryGetValue(out var position))
        {
            json.WriteChecked(position);
            _isChecked = true;
        }

        if (!_isMemoryChecked && snapshot.Rest is { Memory: { Count: > 0 } memories })
        {
            foreach (var memory in memories)
            {
                memory.Check(json.Options);
            }

            _isMemoryChecked = true;
        }

        return ResumeStateConverter<TPosition>.ToText(snapshot, json.Options);
    }

    private FlowException Unreadable(string text, Exception error) => new(
        flow, stepId, partition,
        $"its stored position {text} could not be read as {TypeName.Of(typeof(TPosition))}; nothing was started and the position is kept. " +
        "If the type of the source's positions was changed, change it back, or give the step another id to read from the beginning", "F3", error);
}
