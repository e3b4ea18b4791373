using System.Reactive.Disposables;
using System.Runtime.InteropServices;

namespace Rx.Connectors.Flows;

/// <summary>Lets the operating system's signals stop a flow, for programs that have no host to do it.</summary>
public static class FlowSignals
{
    /// <summary>
    /// From now on SIGINT (Ctrl+C) and SIGTERM do not end the process. The first of them stops the run gracefully (rule F4),
    /// the second aborts it, and a third ends the process as it would have without this.
    /// </summary>
    /// <param name="run">The run. When it has ended, signals act as before.</param>
    /// <returns>Dispose it to let signals act as before; the run goes on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no signals.</exception>
    public static IDisposable StopOnSignals(this FlowRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var received = 0;
        var registrations = new CompositeDisposable(
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
        run.Completion.ConfigureAwait(false).GetAwaiter().OnCompleted(registrations.Dispose);
        return registrations;

        void Handle(PosixSignalContext signal) => signal.Cancel = Stop(run, Interlocked.Increment(ref received));
    }

    /// <returns>Whether the signal is dealt with.</returns>
    internal static bool Stop(FlowRun run, int received)
    {
        switch (received)
        {
            case 1:
                run.Stop();
                return true;
            case 2:
                run.Abort();
                return true;
            default:
                return false;
        }
    }
}
