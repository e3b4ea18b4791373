namespace Rx.Connectors.Scheduling;

/// <summary>
/// Runs the library's own continuations as a thread of the pool would, with no context. Where one is current, as that of a test
/// or a user interface which runs a virtual clock, the framework does not run what said <c>ConfigureAwait(false)</c> in place
/// but on another thread, and virtual time would not know of it (rule F6).
/// </summary>
internal static class NoContext
{
    public static void Run<T>(T state, Action<T> action)
    {
        if (SynchronizationContext.Current is not { } current)
        {
            action(state);
            return;
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(current);
        }
    }
}
