using Microsoft.Data.Sqlite;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// Keeps the positions of flows in an SQLite file, which is made by the first opening. Each epoch is one transaction, flushed to
/// the disk before the commit returns, so that it survives a crash of the process as well as a power loss.
/// </summary>
/// <remarks>
/// <para>Everything is done on the caller's thread before a method returns, and the tasks returned have ended: nothing waits on
/// another thread, so virtual time stays deterministic, and who must not block calls from a thread that may. A cancellation
/// token ends an opening or a commit that waits for others at once, and an opening that checks a large file.</para>
/// <para>The store itself holds nothing open and need not be disposed; each execution has a connection, a lock file and a
/// record of what is durable of its own until it is disposed. May be used from any thread, by several flows at once, and by several processes on one machine. The
/// file must lie on a local file system.</para>
/// </remarks>
public sealed class SqliteRecoveryStore : IRecoveryStore
{
    private readonly SqliteRecoveryOptions _options;

    /// <summary>Names the file. It is neither opened nor made before the first <see cref="OpenAsync"/>.</summary>
    /// <param name="path">The file. Its directory must exist when the store is opened.</param>
    /// <param name="options">How it keeps what it is given; null for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or is SQLite's name for a database in memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public SqliteRecoveryStore(string path, SqliteRecoveryOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path == ":memory:")
        {
            throw new ArgumentException(
                $"A database in memory survives nothing. Use {nameof(InMemoryRecoveryStore)} where that is wanted.", nameof(path));
        }

        _options = SqliteRecoveryOptions.Check(options);
        FilePath = Path.GetFullPath(path);
    }

    /// <summary>The file, as a full path.</summary>
    public string FilePath { get; }

    /// <summary>Lets tests look at each connection that an execution was given.</summary>
    internal Action<SqliteConnection>? OnOpened { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The flow's name is empty, or is no valid Unicode.</exception>
    public ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(flow);
        StoredText.Check(flow, "flow's name", nameof(flow));
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var connection = StoreFile.Open(FilePath, _options, cancellationToken);
            OnOpened?.Invoke(connection.Inner);
            return new(ExecutionOpening.Open(connection, flow, takeOver, _options, cancellationToken));
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (StoreErrors.IsKnown(e))
        {
            throw StoreErrors.Translate(FilePath, $"it cannot be opened for flow '{flow}'", _options.BusyTimeout, e);
        }
    }
}
