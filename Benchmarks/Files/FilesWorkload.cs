using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Reads a file of ASCII lines that lies in the page cache to its end. <c>File.ReadLines</c> keeps no position that one could
/// resume from, so it is what reading lines costs at the least with the base class library.
/// </summary>
internal static class FilesWorkload
{
    private const int Lines = 200_000;

    public static IEnumerable<Workload> All =>
    [
        Make("files", random => random.Next(10) == 0 ? random.Next(1_000) : random.Next(120)),
        Make("files-20", _ => 20),
        Make("files-100", _ => 100),
    ];

    private static Workload Make(string name, Func<Random, int> length)
    {
        var file = new Lazy<LinesFile>(() => new LinesFile(Lines, length));
        return new Workload
        {
            Name = name,
            Items = Lines,
            WarmUp = Lines,
            MaxRounds = 5,
            Contenders =
            [
                Contender.Timed(
                    "File.ReadLines (no offsets)", _ => file.Value.Characters,
                    _ => File.ReadLines(file.Value.FilePath).Sum(line => line.Length + 1L)),
                Contender.Timed("FileSource", _ => file.Value.Characters, _ => Poll(file.Value.FilePath)),
            ],
        };
    }

    private static long Poll(string path)
    {
        var source = new FileSource(path);
        using var partition = source.BuildPartition("files", source.ListPartitions()[0], ResumeState<FilePosition>.None);
        var sum = 0L;
        while (partition.NextBatch() is { } batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                sum += batch[i].Length + 1;
            }
        }

        return sum;
    }
}
