using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// A position behind a query. Most are simply a client's position; where a batch was cut between the parts of one input, it
/// also says how many of the parts were handed out.
/// </summary>
/// <typeparam name="TPosition">The client's position.</typeparam>
/// <param name="Position">Where the client resumes: just after the last input of which everything was handed out or dropped.</param>
/// <param name="Inputs">Which input after that was cut, from 1; 0 if none was.</param>
/// <param name="Parts">How many of its parts were handed out. They are made again after a restart, and skipped.</param>
public readonly record struct QueryPosition<TPosition>(ResumeState<TPosition> Position, long Inputs, int Parts);

/// <summary>Reads positions behind queries.</summary>
public static class QueryPositionExtensions
{
    /// <summary>The client's part of a resume state: where to open the client.</summary>
    /// <typeparam name="TPosition">The client's position.</typeparam>
    /// <param name="resumeState">The state that the partition is built with.</param>
    /// <returns>The client's position, or none.</returns>
    public static ResumeState<TPosition> ForClient<TPosition>(this ResumeState<QueryPosition<TPosition>> resumeState) =>
        resumeState.TryGetValue(out var position) ? position.Position : ResumeState<TPosition>.None;
}
