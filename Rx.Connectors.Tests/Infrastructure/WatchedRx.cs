using System.Runtime.CompilerServices;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Lets the kit watch Rx's default schedulers from the start: another test may use them before the first virtual clock.</summary>
internal static class WatchedRx
{
    // snippet: testing-watch
    [ModuleInitializer]
    internal static void Begin() => RuntimeHelpers.RunModuleConstructor(typeof(VirtualScheduler).Module.ModuleHandle);
    // end-snippet
}
