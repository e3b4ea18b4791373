using System.Text.Json;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>What is stored of one partition, and what of it has changed.</summary>
internal sealed class Position<TState>(RunContext run, StateKind kind, string stepId, string partition)
{
    private string? _stored;

    /// <summary>Whether the store has a position.</summary>
    public bool IsStored => run.Log?.Find(stepId, partition) is { State: not null };

    /// <summary>The stored position, or none.</summary>
    /// <exception cref="FlowException">There is one, and it cannot be read.</exception>
    public ResumeState<TState> Load()
    {
        if (run.Log is not { } log || log.Find(stepId, partition) is not { State: { } text } stored)
        {
            return ResumeState<TState>.None;
        }

        if (stored.Kind != kind)
        {
            throw Unreadable(text, new InvalidDataException($"it belongs to a {stored.Kind}, and the step is a {kind}".ToLowerInvariant()));
        }

        try
        {
            var position = log.Json.Read<TState>(text);
            _stored = text;
            return position;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or FormatException)
        {
            throw Unreadable(text, error);
        }
    }

    /// <summary>What to commit for a snapshot; null if nothing is stored in this run, or nothing has changed.</summary>
    public StoredState? Change(ResumeState<TState> snapshot)
    {
        if (run.Log is not { } log)
        {
            return null;
        }

        var text = snapshot.TryGetValue(out var position) ? log.Json.Write(position) : null;
        if (text == _stored)
        {
            return null;
        }

        // Nothing else is captured before this is either committed or the end of the run.
        _stored = text;
        return new StoredState(kind, stepId, partition, text);
    }

    private FlowException Unreadable(string text, Exception error) => new(
        run.Flow, stepId, partition,
        $"its stored position {text} could not be read as {typeof(TState)}; nothing was started and the position is kept", "F3", error);
}
