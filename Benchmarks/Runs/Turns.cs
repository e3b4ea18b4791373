using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The child's side of a contender's process. Its first line says that it is warm; after that, each line that comes in asks for one
/// turn, and one line with the figures answers it. It ends with its input, so that it does not outlive whoever started it.
/// </summary>
internal static class Turns
{
    /// <summary>In the first line: how many cores the process has.</summary>
    public const string Cores = "cores";

    public static void Take(TextReader words, TextWriter results, Func<Measured> turn)
    {
        Tell(results, new Measured { [Cores] = Environment.ProcessorCount });
        while (words.ReadLine() is not null)
        {
            Tell(results, turn());
        }
    }

    private static void Tell(TextWriter results, Measured measured)
    {
        results.WriteLine(JsonSerializer.Serialize(measured));
        results.Flush();
    }
}
