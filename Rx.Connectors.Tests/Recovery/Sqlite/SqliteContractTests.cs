using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>The contract, kept in a file that is opened again each time.</summary>
public sealed class SqliteContractTests : RecoveryStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();
    private int _stores;

    public void Dispose() => _folder.Dispose();

    protected override IRecoveryStore NewStore() => new SqliteRecoveryStore(_folder.File($"{_stores++}.db"));

    protected override IRecoveryStore Again(IRecoveryStore store) =>
        new SqliteRecoveryStore(((SqliteRecoveryStore)store).FilePath);
}
