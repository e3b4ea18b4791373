using System.Text;
using CsCheck;

namespace Rx.Connectors.Tests.Connectors.Csv;

/// <summary>A random CSV file: its bytes, its rows, and the offset after each row, reckoned by the writer.</summary>
internal sealed record CsvText(byte[] Bytes, string[] Header, string[][] Rows, long[] Ends)
{
    private static readonly string[] _parts = ["a", "b", " ", "\"", ",", "\n", "\r", "\r\n", "é", "€", "😀", "0"];
    private static readonly string[] _lineEnds = ["\n", "\r\n", "\r"];

    private static readonly Gen<string> _field =
        Gen.Int[0, _parts.Length - 1].Array[0, 6].Select(parts => string.Concat(parts.Select(part => _parts[part])));

    /// <summary>With quotes, delimiters and line breaks inside of fields, blank lines, any line end, a mark or none.</summary>
    public static Gen<CsvText> Any(int mostRows) => Gen.Select(
        Gen.Int[1, 4].SelectMany(columns => Gen.Select(
            _field.Array[columns].Where(names => names.Distinct().Count() == names.Length),
            _field.Array[columns].Array[0, mostRows])),
        Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Int,
        (table, lineEnd, mark, lastLineEnd, seed) => Write(table.Item1, table.Item2, _lineEnds[lineEnd], mark, lastLineEnd, new Random(seed)));

    public string Text(int row) => string.Join(", ", Header.Zip(Rows[row], (name, field) => $"{name}={field}"));

    private static CsvText Write(string[] header, string[][] rows, string lineEnd, bool mark, bool lastLineEnd, Random random)
    {
        using var stream = new MemoryStream();
        stream.Write(mark ? Encoding.UTF8.GetPreamble() : []);
        var ends = new List<long>();
        for (var i = 0; i <= rows.Length; i++)
        {
            var row = i == 0 ? header : rows[i - 1];
            stream.Write(Encoding.UTF8.GetBytes(string.Join(',', row.Select(field => Quote(field, row.Length == 1, random)))));
            ends.Add(stream.Position);
            for (var blank = random.Next(-5, 3); i < rows.Length || lastLineEnd; blank--)
            {
                stream.Write(Encoding.UTF8.GetBytes(lineEnd));
                if (blank <= 0)
                {
                    break;
                }
            }
        }

        return new CsvText(stream.ToArray(), header, rows, [.. ends.Skip(1)]);
    }

    // A row of one empty field without quotes would be a blank line.
    private static string Quote(string field, bool alone, Random random) =>
        field.AsSpan().IndexOfAny("\",\r\n") >= 0 || (alone && field.Length == 0) || random.Next(3) == 0
            ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
