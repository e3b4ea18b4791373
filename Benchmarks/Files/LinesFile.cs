using System.Text;

namespace Rx.Connectors.Benchmarks;

/// <summary>A file of lines, written when it is first needed and deleted when the process ends.</summary>
internal sealed class LinesFile
{
    public LinesFile(int lines, Func<Random, int> length)
    {
        var folder = Directory.CreateTempSubdirectory("rx-connectors-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        FilePath = Path.Combine(folder.FullName, "lines.txt");
        var random = new Random(1);
        using var writer = new StreamWriter(FilePath, append: false, new UTF8Encoding(false), 1 << 16);
        for (var i = 0; i < lines; i++)
        {
            var line = new string((char)('a' + random.Next(26)), length(random));
            writer.Write(line);
            writer.Write('\n');
            Characters += line.Length + 1;
        }
    }

    public string FilePath { get; }

    public long Characters { get; }
}
