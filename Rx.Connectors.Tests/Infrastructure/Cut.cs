using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Positions behind a query that hold more than the client's.</summary>
internal static class Cut
{
    /// <summary>A position after which an input was cut.</summary>
    public static ResumeState<TPosition> At<TPosition>(ResumeState<TPosition> position, long input, int parts) =>
        new(position, new QueryRest(input, parts, []));
}
