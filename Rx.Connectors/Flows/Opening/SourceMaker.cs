namespace Rx.Connectors.Flows;

/// <summary>Makes what polls a partition of a step, on the worker whose wiring it is.</summary>
internal sealed class SourceMaker(ISourceStep step, Wiring wiring, RunStore store, DepartedPositions departed) : ISourceMaker
{
    public string StepId => step.StepId;

    public SourceRunner Make(string partition) => step.Make(wiring, store, departed, partition);
}
