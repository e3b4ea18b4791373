using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Csv;

/// <summary>A file that is overwritten in place while it is read: rows of both are never those of one.</summary>
public sealed class CsvOverwriteTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(60_000)]
    public void P23_S2_a_file_that_is_overwritten_while_it_is_read_is_an_error(int rows)
    {
        foreach (var now in new[] { rows / 2, rows, rows * 2 })
        {
            using var file = new CsvFile(Text('a', rows));
            using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 1 });
            var read = partition.NextBatch()!.Select(row => row.ToString()!).ToList();
            Overwrite(file.Path, Text('b', now));
            var failed = Assert.Throws<FileChangedException>(() =>
            {
                while (partition.NextBatch() is { } batch)
                {
                    read.AddRange(batch.Select(row => row.ToString()!));
                }
            });
            Assert.StartsWith($"{file.Path} was read up to offset ", failed.Message, StringComparison.Ordinal);
            Assert.All(read, row => Assert.StartsWith("name=a", row, StringComparison.Ordinal));
            Assert.Throws<FileChangedException>(() => partition.NextBatch());
        }
    }

    [Fact]
    public void P23_S2_rows_may_be_added_while_a_file_is_read()
    {
        using var file = new CsvFile(Text('a', 60_000));
        using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 10_000 });
        var count = partition.NextBatch()!.Count;
        File.AppendAllText(file.Path, "a,60000\n");
        while (partition.NextBatch() is { } batch)
        {
            count += batch.Count;
        }

        Assert.Equal(60_001, count);
    }

    [Fact]
    public void P23_S5_a_file_that_is_overwritten_after_a_position_was_checked_is_an_error()
    {
        using var file = new CsvFile(Text('a', 3));
        using var partition = file.Open(file.PositionAfter(1));
        Overwrite(file.Path, Text('b', 3));
        Assert.Throws<FileChangedException>(() => partition.NextBatch());
    }

    [Fact]
    public void P23_a_row_that_is_too_large_is_told_by_the_name_of_the_option()
    {
        using var file = new CsvFile("a\n\"" + new string('x', 200_000) + "\n");
        Assert.Equal(
            $"{file.Path}, row 2, at byte 1: the row is larger than CsvSourceOptions.MaxRowSize, which is 1000 bytes",
            file.Failure(options: new CsvSourceOptions { MaxRowSize = 1_000 }).Message);
    }

    private static string Text(char name, int rows) => "name,i\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{name},{i}\n"));

    private static void Overwrite(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
