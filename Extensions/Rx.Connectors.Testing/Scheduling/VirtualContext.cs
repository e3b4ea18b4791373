using System.Reactive.Disposables;

namespace Rx.Connectors.Testing;

/// <summary>Continuations as actions of a virtual clock, due now.</summary>
internal sealed class VirtualContext(VirtualScheduler clock) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => clock.Schedule((Context: this, d, state), static (_, post) =>
    {
        post.Context.Run(post.d, post.state);
        return Disposable.Empty;
    });

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs code here and now under this context.</summary>
    public void Run(SendOrPostCallback callback, object? state)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
