using System.Text;
using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>How the tests read files, and what they expect to read.</summary>
internal static class FileReading
{
    private static readonly byte[][] _bits =
    [
        .. new[] { "\n", "\n", "\r\n", "\r\n", "\r", "", "a", "word", "é", "😀", "\uFEFF", "zażółć", new string('x', 40) }
            .Select(Encoding.UTF8.GetBytes),
        [0xC3],
        [0xFF, 0xFE],
        [0xF0, 0x9F],
    ];

    /// <summary>Bytes of all the kinds that matter to whoever splits lines.</summary>
    public static Gen<byte[]> Contents(int most = 40) =>
        Gen.Select(Gen.Bool, Gen.Int[0, _bits.Length - 1].Select(i => _bits[i]).Array[0, most], (mark, bits) =>
            (mark ? Encoding.UTF8.GetPreamble() : []).Concat(bits.SelectMany(bit => bit)).ToArray());

    /// <summary>Options that let replacement characters stand for what is not valid, as in <see cref="Contents"/>.</summary>
    public static FileSourceOptions Lenient(int maxBatchSize) => new() { MaxBatchSize = maxBatchSize, Encoding = Encoding.UTF8 };

    public static FileSourcePartition<string> Open(
        string path, FileSourceOptions? options = null, FilePosition? from = null, int bufferSize = FileSourceOptions.BufferSize) =>
        new(new FilePlace(path), options ?? new FileSourceOptions(), TextLine.Instance,
            from is { } position ? position : ResumeState<FilePosition>.None, bufferSize);

    public static FileSourcePartition<string> Open(string path, FileSourceOptions options, ResumeState<FilePosition> from, int bufferSize) =>
        new(new FilePlace(path), options, TextLine.Instance, from, bufferSize);

    public static List<string> ReadAll(this SourcePartition<string> partition)
    {
        var lines = new List<string>();
        while (partition.NextBatch() is { } batch)
        {
            lines.AddRange(batch);
        }

        return lines;
    }

    public static List<string> ReadAll(
        string path, FileSourceOptions? options = null, FilePosition? from = null, int bufferSize = 64)
    {
        using var partition = Open(path, options, from, bufferSize);
        return partition.ReadAll();
    }

    /// <summary>The lines of a file and the offset just after each, worked out the plain way.</summary>
    public static List<(string Line, long After)> Expect(byte[] bytes)
    {
        var lines = new List<(string, long)>();
        var start = 0;
        for (var i = 0; i <= bytes.Length; i++)
        {
            var ends = i < bytes.Length && bytes[i] == '\n';
            if (!ends && i < bytes.Length)
            {
                continue;
            }

            var line = bytes[start..i];
            if (ends && line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }

            if (start == 0 && line is [0xEF, 0xBB, 0xBF, ..])
            {
                line = line[3..];
            }

            if (ends || line.Length > 0)
            {
                lines.Add((Encoding.UTF8.GetString(line), ends ? i + 1 : i));
            }

            start = i + 1;
        }

        return lines;
    }
}
