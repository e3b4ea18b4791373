using System.Text;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Reads a file of ASCII lines that lies in the page cache to its end. <c>File.ReadLines</c> keeps no position that one could
/// resume from, so it is what reading lines costs at the least with the base class library.
/// </summary>
internal static class FilesWorkload
{
    private const int Lines = 1_000_000;

    /// <summary>One at a time: the file of each is made when it is asked for, and deleted when the next one is.</summary>
    public static IEnumerable<Workload> All =>
        Make("files", random => random.Next(10) == 0 ? random.Next(1_000) : random.Next(120))
            .Concat(Make("files-20", _ => 20))
            .Concat(Make("files-100", _ => 100));

    private static IEnumerable<Workload> Make(string name, Func<Random, int> length)
    {
        var folder = Directory.CreateTempSubdirectory("rx-connectors-");
        try
        {
            var path = Path.Combine(folder.FullName, "lines.txt");
            var checksum = Write(path, length);
            yield return new Workload(
                name, Lines, checksum,
                [
                    new("File.ReadLines (no offsets)", () => File.ReadLines(path).Sum(line => line.Length + 1L)),
                    new("FileSource", () => Poll(path)),
                ]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long Write(string path, Func<Random, int> length)
    {
        var random = new Random(1);
        var bytes = 0L;
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        for (var i = 0; i < Lines; i++)
        {
            var line = new string((char)('a' + random.Next(26)), length(random));
            writer.Write(line);
            writer.Write('\n');
            bytes += line.Length + 1;
        }

        return bytes;
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
