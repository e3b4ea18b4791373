using System.Text;
using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Csv;

/// <summary>Tables as programs really write them: each is read whole, and resumed exactly wherever it is cut.</summary>
public sealed class CsvDialectTests
{
    private static readonly Dictionary<string, (string Text, string[] Rows, CsvSourceOptions Options)> _tables = new()
    {
        ["columns that are empty at the end of every row"] = ("a,b,,\n1,2,,\n3,4,,\n", ["a=1, b=2", "a=3, b=4"], new() { MaxBatchSize = 1 }),
        ["a delimiter at the end of every row"] = ("a,b\n1,2,\n3,4,\n", ["a=1, b=2", "a=3, b=4"], new() { MaxBatchSize = 1 }),
        ["a name that comes twice"] = (
            "a,a,a_2,a\n1,2,3,4\n", ["a=1, a_3=2, a_2=3, a_4=4"], new() { MaxBatchSize = 1, NumberDuplicateNames = true }),
        ["names that come twice"] = ("a,b,a,b\n1,2,3,4\n", ["a=1, b=2, a_2=3, b_2=4"], new() { MaxBatchSize = 1, NumberDuplicateNames = true }),
        ["lines before the header"] = ("Report, \"of\r\n\r\na,b\r\n1,2\r\n3,4\r\n", ["a=1, b=2", "a=3, b=4"], new() { MaxBatchSize = 1, SkipLines = 2 }),
        ["lines that end with a return"] = ("x\ry\ra\r1\r2\r", ["a=1", "a=2"], new() { MaxBatchSize = 1, SkipLines = 2 }),
        ["comments"] = ("# of, \"\na,b\n# ü\n1,2\n\n# c\n#d\n3,#4\n", ["a=1, b=2", "a=3, b=#4"], new() { MaxBatchSize = 1, Comment = '#' }),
        ["no header"] = ("1,2\n3,4\n", ["1=1, 2=2", "1=3, 2=4"], new() { MaxBatchSize = 1, HasHeader = false }),
        ["no header behind lines"] = ("# x\n1,2\n3,4\n", ["1=1, 2=2", "1=3, 2=4"], new() { MaxBatchSize = 1, HasHeader = false, SkipLines = 1 }),
        ["an escape character"] = (
            "a,b\n1\\,5,\"x\"\n\\\\,c\\\nd\n", ["a=1,5, b=\"x\"", "a=\\, b=c\nd"], new() { MaxBatchSize = 1, Escape = '\\' }),
        ["a delimiter of more than one character"] = (
            "a||b\n1|5||2\n\"3||\n4\"||ü\n5||6\n", ["a=1|5, b=2", "a=3||\n4, b=ü", "a=5, b=6"], new() { MaxBatchSize = 1, Delimiter = "||" }),
        ["a delimiter that is not ASCII"] = ("a·b\n1·2\n3·4\n", ["a=1, b=2", "a=3, b=4"], new() { MaxBatchSize = 1, Delimiter = "·" }),
    };

    public static TheoryData<string> Tables => [.. _tables.Keys];

    [Theory]
    [MemberData(nameof(Tables))]
    public void P23_S5_a_table_is_read_and_resumed_exactly(string name)
    {
        var (text, rows, options) = _tables[name];
        using var file = new CsvFile(text);
        Assert.Equal(rows, file.ReadAll(options: options));
        Check(file, options);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("||")]
    public void P23_S5_another_encoding_is_read_if_it_is_named_and_resumed_at_the_exact_byte(string delimiter)
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"é{i}||ä\"ö\n".Replace("||", delimiter, StringComparison.Ordinal)))
            .Replace('"', '\'');
        using var file = new CsvFile(Encoding.Latin1.GetBytes($"a{delimiter}b\n{text}"));
        var options = new CsvSourceOptions { Encoding = Encoding.Latin1, MaxBatchSize = 7, Delimiter = delimiter };
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"a=é{i}, b=ä'ö"), file.ReadAll(options: options));
        Check(file, options);
    }

    [Fact]
    public void A_field_without_a_name_that_holds_something_is_an_error()
    {
        using var file = new CsvFile("a,b,,\n1,2,,\n3,4,,5\n");
        using var partition = file.Open();
        Assert.Single(partition.NextBatch()!);
        Assert.Equal(
            $"{file.Path}, row 3, at byte 11: the row has 4 fields, and the header 2",
            Assert.Throws<CsvFileException>(() => partition.NextBatch()).Message);
    }

    [Fact]
    public void P23_a_file_that_was_replaced_is_read_from_its_beginning_if_that_was_chosen()
    {
        using var file = new CsvFile("a\n1\n2\n");
        var position = file.PositionAfter(2);
        File.WriteAllText(file.Path, "b\n3\n");
        Assert.Throws<FileChangedException>(() => file.Open(position));
        Assert.Equal(["b=3"], file.ReadAll(position, new CsvSourceOptions { OnOtherFile = FileMismatchBehavior.StartOver }));
    }

    private static void Check(CsvFile file, CsvSourceOptions options) =>
        CutAnywhere.Check<string, FilePosition>((_, from) => new RowTexts(file.Open(from, options)));
}
