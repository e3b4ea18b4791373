using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Keeps an example's positions in an SQLite file.</summary>
internal static class Recoveries
{
    /// <param name="screen">Where to say from where the run resumes.</param>
    /// <param name="path">The store.</param>
    /// <param name="sink">The sink's step: a store that knows it by another file belongs to another copy.</param>
    public static RecoveryOptions Recovery(this Screen screen, string path, string sink) => new()
    {
        Store = new SqliteRecoveryStore(path),
        OnResume = resume => Tell(resume, sink, path, screen),
    };

    private static void Tell(ResumeReport resume, string sink, string path, Screen screen)
    {
        if (resume.OrphanedPartitions.FirstOrDefault(one => one.StartsWith($"{sink}/", StringComparison.Ordinal)) is { } other)
        {
            // It would go on in the middle, and the beginning would be in the other file.
            throw new BadOptionException(
                $"--recovery belongs to another --out: '{path}' has a position for {other}. The same file must be spelled the same.");
        }

        if (resume.IsResumed)
        {
            screen.WriteLine($"Run {resume.Execution}, resumed from epoch {resume.Epoch}.");
        }

        if (resume.OrphanedPartitions.Count > 0)
        {
            screen.WriteLine($"No longer there, and kept in mind: {string.Join(", ", resume.OrphanedPartitions)}");
        }
    }
}
