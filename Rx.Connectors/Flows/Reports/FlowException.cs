namespace Rx.Connectors.Flows;

/// <summary>A flow has failed. It says where (rule F5) and keeps the original exception; everything else was closed.</summary>
public sealed class FlowException : Exception
{
    private string? _leftover;

    internal FlowException(string flow, string? step, string? partition, string what, string? rule, Exception innerException)
        : base(Describe(flow, step, partition, what, rule, innerException), innerException)
    {
        Flow = flow;
        Step = step;
        Partition = partition;
        Rule = rule;
    }

    internal FlowException(string flow, string? step, string? partition, string what, string? rule)
        : base(Describe(flow, step, partition, what, rule, null))
    {
        Flow = flow;
        Step = step;
        Partition = partition;
        Rule = rule;
    }

    /// <summary>The flow's name.</summary>
    public string Flow { get; }

    /// <summary>The id of the step that failed; null where none is concerned, as when an epoch cannot be committed.</summary>
    public string? Step { get; }

    /// <summary>The partition that failed; for a per-item step the source partition whose item it was; null where none is
    /// concerned.</summary>
    public string? Partition { get; }

    /// <summary>The rule that the failure falls under, such as <c>S3</c>; null where there is none.</summary>
    public string? Rule { get; }

    /// <summary>What had not closed within <see cref="FlowOptions.CloseTimeout"/>, or failed to, as in <see cref="FlowResult.NotClosed"/>.
    /// The message says what it was doing.</summary>
    public IReadOnlyList<string> NotClosed { get; private set; } = [];

    /// <inheritdoc/>
    public override string Message => _leftover is null ? base.Message : $"{base.Message}. {_leftover}";

    /// <summary>Whether an error has no name yet and is to get one.</summary>
    internal static bool IsUnnamed(Exception error) => error is not (FlowException or AbortFlowException);

    /// <summary>Adds what the run has left behind.</summary>
    internal void Leave(Leftovers left)
    {
        if (left.Names.Count > 0)
        {
            NotClosed = left.Names;
            _leftover = $"Not closed: {string.Join(", ", left.Details)}";
        }
    }

    private static string Describe(
        string flow, string? step, string? partition, string what, string? rule, Exception? innerException) =>
        $"Flow '{flow}'{(step is null ? "" : $", step '{step}'")}{(partition is null ? "" : $", partition '{partition}'")}: {what}" +
        $"{(innerException is null ? "" : $": {innerException.Message}")}" +
        // A message that names its rule itself is not told twice.
        $"{(rule is null || innerException?.Message.Contains($"rule {rule}", StringComparison.Ordinal) == true ? "" : $" (rule {rule})")}";
}
