namespace Rx.Connectors.Flows;

/// <summary>Something that a worker is to do on its own thread, between polls.</summary>
internal interface IWorkerMessage
{
    void Handle(Worker worker);
}
