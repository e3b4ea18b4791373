namespace Rx.Connectors.Sqlite;

/// <summary>Where an execution began.</summary>
/// <param name="Id">The flow's id in the file.</param>
/// <param name="Flow">Its name.</param>
/// <param name="Execution">The execution's number.</param>
/// <param name="Epoch">The last epoch committed before it, 0 for none.</param>
internal sealed record FlowHead(long Id, string Flow, long Execution, long Epoch)
{
    public Progress At => new(Execution, Epoch);
}
