using System.Globalization;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>The records that executions have left beside a store, and what they say of it.</summary>
internal sealed class EpochRecords
{
    private const string Ending = ".epoch";
    private readonly string _store;
    private readonly List<(string Path, Progress At)> _records = [];

    private EpochRecords(string store) => _store = store;

    public static string PathOf(string store, long flow, long execution) =>
        string.Create(CultureInfo.InvariantCulture, $"{store}.flow{flow}.execution{execution}{Ending}");

    /// <summary>Those of a flow, also where the database does not know it any more, or by another id.</summary>
    public static EpochRecords Find(string store, string flow)
    {
        var found = new EpochRecords(store);
        foreach (var path in Beside(store))
        {
            if (EpochRecord.Read(path, flow) is { } at)
            {
                found._records.Add((path, at));
            }
        }

        return found;
    }

    /// <summary>All that there are, of whichever flow.</summary>
    public static IEnumerable<string> Beside(string store) => Directory
        .EnumerateFiles(Path.GetDirectoryName(store)!, $"*{Ending}")
        .Where(path => Path.GetFileName(path).StartsWith($"{Path.GetFileName(store)}.flow", StringComparison.Ordinal));

    /// <summary>The furthest that is known to have been durable.</summary>
    public Progress Newest => _records.Aggregate(default(Progress), static (newest, one) => one.At.IsAfter(newest) ? one.At : newest);

    /// <summary>Refuses a database that has less than was durable, or of which that cannot be told.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="at">How far the database has it.</param>
    /// <param name="required">The record that must be there; null for none.</param>
    public void Check(string flow, Progress at, string? required)
    {
        if (Newest.IsAfter(at))
        {
            var path = _records.Find(one => one.At == Newest).Path;
            throw new RecoveryStoreException(
                $"Recovery store '{_store}' has lost what was committed. Of flow '{flow}' epoch {Newest.Epoch} of execution " +
                $"{Newest.Execution} was durable, by '{path}'; the last in the store is epoch {at.Epoch} of execution {at.Execution}. " +
                $"The file or its log is damaged, was deleted, or is an older copy. {WayOut(at.Epoch)}")
            {
                IsPermanent = true,
            };
        }

        if (required is not null && _records.TrueForAll(one => one.Path != required))
        {
            throw new RecoveryStoreException(
                $"Recovery store '{_store}' was not closed by its last execution, and '{required}', which says what was durable by " +
                $"then, is {(File.Exists(required) ? "damaged" : "missing")}. Whether epoch {at.Epoch} of flow '{flow}', the last in " +
                $"the store, was the last that was committed cannot be told. The file may be a copy without those beside it. {WayOut(at.Epoch)}")
            {
                IsPermanent = true,
            };
        }
    }

    /// <summary>Deletes those that were found, save the one that is used from now on, and those of executions that are alive and fenced.</summary>
    public void DeleteAllBut(string used)
    {
        foreach (var (path, _) in _records)
        {
            if (path != used && !ExecutionLock.IsHeld($"{path[..^Ending.Length]}{ExecutionLock.Ending}"))
            {
                File.Delete(path);
            }
        }
    }

    private static string WayOut(long epoch) =>
        "It was left as it is. Restore the file and all beside it whose names begin with its own. To go on " + (epoch > 0
            ? $"from epoch {epoch} all the same, set SqliteRecoveryOptions.ResumeEpoch to {epoch} for one run."
            : "from the beginning all the same, delete them.");
}
