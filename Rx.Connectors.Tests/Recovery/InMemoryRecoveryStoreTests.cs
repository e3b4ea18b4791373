using Rx.Connectors.Recovery;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>The contract, kept in memory.</summary>
public sealed class InMemoryRecoveryStoreTests : RecoveryStoreContract
{
    protected override IRecoveryStore NewStore() => new InMemoryRecoveryStore();

    protected override IRecoveryStore Again(IRecoveryStore store) => store;
}
