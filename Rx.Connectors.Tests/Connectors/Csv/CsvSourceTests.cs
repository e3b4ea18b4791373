using System.Text;
using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Csv;

public sealed class CsvSourceTests
{
    [Fact]
    public void P23_a_row_is_read_by_the_names_of_the_header()
    {
        using var file = new CsvFile("id,name\n1,\"Smith, \"\"J\"\"\nof York\"\n2,\n");
        using var partition = file.Open();
        var rows = partition.NextBatch()!;
        Assert.Equal(2, rows.Count);
        Assert.Equal(("1", "Smith, \"J\"\nof York"), (rows[0]["id"], rows[0]["name"]));
        Assert.Equal(new Dictionary<string, string> { ["id"] = "2", ["name"] = "" }, rows[1].ToDictionary());
        Assert.False(rows[0].ContainsKey("Name"));
        Assert.Contains("\"age\"", Assert.Throws<KeyNotFoundException>(() => rows[0]["age"]).Message, StringComparison.Ordinal);
        Assert.Null(partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void P23_the_partition_is_the_file_and_there_is_none_without_one()
    {
        using var file = new CsvFile("a\n");
        Assert.Equal([$"local::{file.Path}"], new CsvSource(file.Path).ListPartitions());
        var source = new CsvSource(file.Path, new CsvSourceOptions { FileSystemId = "nas" });
        Assert.Equal([$"nas::{file.Path}"], source.ListPartitions());
        Assert.Throws<ArgumentException>(() => source.BuildPartition("in", $"local::{file.Path}", ResumeState<FilePosition>.None));
        Assert.Empty(new CsvSource($"{file.Path}.not").ListPartitions());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("a,b")]
    [InlineData("a,b\r\n")]
    public void A_file_without_rows_completes(string text)
    {
        using var file = new CsvFile(text);
        using var partition = file.Open();
        Assert.Null(partition.NextBatch());
        Assert.False(partition.Snapshot().HasValue);
    }

    [Fact]
    public void Another_delimiter_may_be_chosen()
    {
        using var file = new CsvFile("a;b\n1,5;2\n");
        Assert.Equal(["a=1,5, b=2"], file.ReadAll(options: new CsvSourceOptions { Delimiter = ";" }));
    }

    [Fact]
    public void Rows_that_are_added_are_read_by_the_next_run()
    {
        using var file = new CsvFile("a\n1\n2");
        using var partition = file.Open();
        Assert.Equal(2, partition.NextBatch()!.Count);
        Assert.Null(partition.NextBatch());
        var position = partition.Snapshot();
        File.AppendAllText(file.Path, "\n3\n");
        Assert.Null(partition.NextBatch());
        Assert.Equal(["a=3"], file.ReadAll(position));
    }

    [Fact]
    public void S3_the_rows_before_a_bad_one_come_first_and_it_is_told_every_time()
    {
        using var file = new CsvFile("a,b\n1,2\n3,4\n5\n6,7\n");
        using var partition = file.Open();
        Assert.Equal(2, partition.NextBatch()!.Count);
        for (var i = 0; i < 2; i++)
        {
            var failure = Assert.Throws<CsvFileException>(() => partition.NextBatch());
            Assert.Equal($"{file.Path}, row 4, at byte 11: the row has 1 fields, and the header 2", failure.Message);
            Assert.Equal((file.Path, 4L, 11L), (failure.Path, failure.Row, failure.Offset));
        }

        Assert.Equal(11, partition.Snapshot().Value.Offset);
        Assert.EndsWith(
            "row 2 (counted from byte 7, where this run resumed), at byte 11: the row has 1 fields, and the header 2",
            file.Failure(new FilePosition(7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_fields_may_be_allowed_and_are_then_not_in_the_row()
    {
        using var file = new CsvFile("a,b,c\n1\n1,2\n1,2,3\n");
        Assert.Equal(
            ["a=1", "a=1, b=2", "a=1, b=2, c=3"], file.ReadAll(options: new CsvSourceOptions { AllowMissingFields = true }));
        using var partition = file.Open(options: new CsvSourceOptions { AllowMissingFields = true });
        var first = partition.NextBatch()![0];
        Assert.Equal((1, false, false), (first.Count, first.ContainsKey("b"), first.TryGetValue("c", out _)));
    }

    [Fact]
    public void More_fields_than_names_are_an_error()
    {
        using var file = new CsvFile("a\n1,2\n");
        Assert.Contains(
            "the row has 2 fields, and the header 1",
            file.Failure(options: new CsvSourceOptions { AllowMissingFields = true }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_comes_twice_is_an_error_also_on_resume()
    {
        using var file = new CsvFile("a,b,a\n1,2,3\n");
        Assert.Equal($"{file.Path}, row 1, at byte 0: the header has the name \"a\" twice", file.Failure().Message);
        Assert.Equal($"{file.Path}, row 1, at byte 0: the header has the name \"a\" twice", file.Failure(new FilePosition(11)).Message);
    }

    [Theory]
    [InlineData("a\n\"1\n2\n", "quote")]
    [InlineData("a\n\"1\"2\n", "quote")]
    [InlineData("a\n1\"2\n", "quote")]
    public void A_quote_where_none_may_stand_is_an_error(string text, string expected)
    {
        using var file = new CsvFile(text);
        var failure = file.Failure();
        Assert.StartsWith($"{file.Path}, row 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(failure.InnerException);
    }

    [Fact]
    public void A_quote_that_is_never_closed_does_not_read_the_whole_file()
    {
        using var file = new CsvFile($"a\n1\n\"{new string('x', 1_000_000)}\n");
        var failure = file.Failure(options: new CsvSourceOptions { MaxRowSize = 100_000 });
        Assert.Equal(3, failure.Offset);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_an_error()
    {
        using var file = new CsvFile([.. "a\n1\n"u8, 0xE9, .. "\n"u8]);
        Assert.Equal($"{file.Path}, row 3, at byte 3: it has bytes that are not UTF-8", file.Failure().Message);
        using var wide = new CsvFile([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a\n1\n")]);
        Assert.Contains("the file is in UTF-16", wide.Failure().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S10_a_disposed_partition_lets_go_of_the_file()
    {
        using var file = new CsvFile("a\n1\n2\n");
        var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 1 });
        partition.NextBatch();
        partition.Dispose();
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.NextBatch());
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
        using var alone = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void Options_have_their_defaults_and_refuse_what_is_not_allowed()
    {
        var defaults = new CsvSourceOptions();
        Assert.Equal(
            (1_000, ",", false, 1 << 20, "local"),
            (defaults.MaxBatchSize, defaults.Delimiter, defaults.AllowMissingFields, defaults.MaxRowSize, defaults.FileSystemId));
        Refused("CsvSourceOptions.MaxBatchSize must be at least 1.", new() { MaxBatchSize = 0 });
        Refused("CsvSourceOptions.MaxRowSize must be at least 1.", new() { MaxRowSize = 0 });
        Refused("CsvSourceOptions.Delimiter must be from 1 to 16 bytes without a quote and a line break.", new() { Delimiter = "a\"" });
        Refused("CsvSourceOptions.Delimiter must be from 1 to 16 bytes without a quote and a line break.", new() { Delimiter = "" });
        Refused("CsvSourceOptions.Escape must be an ASCII character, neither", new() { Escape = ',' });
        Refused("CsvSourceOptions.Comment must be an ASCII character, neither", new() { Comment = '"' });
        Refused("CsvSourceOptions.SkipLines must be at least 0.", new() { SkipLines = -1 });
        Refused("CsvSourceOptions.Encoding must be one that has one byte", new() { Encoding = System.Text.Encoding.Unicode });
        Refused("CsvSourceOptions.OnOtherFile must be Fail or StartOver.", new() { OnOtherFile = (FileMismatchBehavior)7 });
        Assert.StartsWith(
            "CsvSourceOptions.FileSystemId must not be empty and must not contain \"::\".",
            Assert.Throws<ArgumentException>(() => new CsvSource("in.csv", new() { FileSystemId = "a::b" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CsvSource(""));
    }

    private static void Refused(string message, CsvSourceOptions options) => Assert.StartsWith(
        message, Assert.Throws<ArgumentOutOfRangeException>(() => new CsvSource("in.csv", options)).Message, StringComparison.Ordinal);
}
