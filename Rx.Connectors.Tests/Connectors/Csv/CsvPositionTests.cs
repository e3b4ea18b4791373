using System.Text;
using CsCheck;
using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Csv;

/// <summary>P23: a position is of one file, and applies to no other.</summary>
public sealed class CsvPositionTests
{
    [Theory]
    [InlineData("id,name\n1,a\n2,b\n3,c\n", "id,name\n4,d\n5,e\n6,f\n7,g\n")]
    [InlineData("id,name\n1,a\n2,b\n3,c\n", "id,nome\n1,a\n2,b\n3,c\n")]
    [InlineData("id,name\n1,a\n2,b\n3,c\n", "name,id\n1,a\n2,b\n3,c\n")]
    [InlineData("id,name\n1,a\n2,b\n3,c\n", "id,name\n2,b\n1,a\n3,c\n")]
    public void P23_S5_a_file_that_was_replaced_is_refused_also_where_a_row_ends_at_the_offset(string text, string other)
    {
        using var file = new CsvFile(text);
        var position = file.PositionAfter(2);
        Assert.Equal(15, position.Offset);
        Assert.Equal(["id=3, name=c"], file.ReadAll(position));
        File.WriteAllText(file.Path, other);
        Refused(file, position, $"{file.Path} is not the file in which the position 15 was stored: what lies before it differs.");
    }

    [Fact]
    public void P23_S5_a_name_that_was_changed_is_refused_also_far_before_the_position()
    {
        var rows = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:00000},{i}\n"));
        using var file = new CsvFile("id,name\n" + rows);
        var position = file.PositionAfter(19_000);
        File.WriteAllText(file.Path, "id,nome\n" + rows);
        Refused(file, position, $"{file.Path} is not the file in which the position {position.Offset} was stored: what lies before it differs.");
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "has 8 bytes, and the stored position is 11: it was cut or replaced.")]
    [InlineData("", "has 0 bytes, and the stored position is 11: it was cut or replaced.")]
    public void P23_S5_a_file_that_is_shorter_than_the_position_is_refused(string now, string message)
    {
        using var file = new CsvFile("a,b\n1,2\n3,4\n5,6\n");
        var position = file.PositionAfter(2);
        File.WriteAllText(file.Path, now);
        Refused(file, position, $"{file.Path} {message}");
    }

    [Fact]
    public void P23_S5_a_byte_that_differs_near_the_beginning_or_the_position_is_found() =>
        Gen.Select(Gen.Int[1, 1_000], Gen.Int[0, 1_023], Gen.Bool).Sample(
            (rows, distance, atBeginning) =>
            {
                var bytes = Encoding.ASCII.GetBytes("a,b\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i:000},x\n")));
                using var file = new CsvFile(bytes);
                var position = file.PositionAfter(rows);
                distance = (int)Math.Min(distance, position.Offset - 1);
                bytes[atBeginning ? distance : position.Offset - 1 - distance] ^= 1;
                File.WriteAllBytes(file.Path, bytes);
                Assert.Throws<FileChangedException>(() => file.Open(position));
            },
            iter: 60, threads: 1);

    [Fact]
    public void P23_S5_the_fingerprint_is_of_the_bytes_before_the_offset_however_they_were_read() =>
        Gen.Select(CsvText.Any(400), Gen.Int[1, 50]).Sample(
            (csv, batch) =>
            {
                using var file = new CsvFile(csv.Bytes);
                using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = batch });
                using var handle = OpenFile.ToRead(file.Path);
                while (partition.NextBatch() is not null)
                {
                    var position = partition.Snapshot().Value;
                    Assert.Equal(FileMark.Read(handle, position.Offset).Position, position);
                }
            },
            iter: 60, threads: 1);

    [Fact]
    public void P23_S5_it_resumes_at_every_row_of_a_file_longer_than_a_read()
    {
        var rows = Enumerable.Range(0, 300).Select(i => $"{i},\"{new string((char)('a' + (i % 26)), i * 7 % 3_000)}\n{i}\"\r\n");
        using var file = new CsvFile("id,text\r\n" + string.Concat(rows));
        CutAnywhere.CheckTwice<string, FilePosition>(
            (_, from) => new RowTexts(file.Open(from, new CsvSourceOptions { MaxBatchSize = 11 })));
    }

    [Fact]
    public void A_position_without_a_fingerprint_is_used_where_a_row_ends()
    {
        using var file = new CsvFile("a,b\n1,2\n3,4\n");
        Assert.Equal(["a=3, b=4"], file.ReadAll(new FilePosition(7)));
        Refused(file, new FilePosition(100), $"{file.Path} has 12 bytes, and the stored position is 100: it was cut or replaced.");
        Refused(file, new FilePosition(-1), $"The stored position -1 in {file.Path} is negative.");
        Refused(file, new FilePosition(1), $"The header of {file.Path} ends at offset 3, and the stored position is 1: it is of another file.");
        Refused(file, new FilePosition(6), $"No row of {file.Path} ends at the stored position 6: ");
    }

    [Fact]
    public void P23_S5_a_last_row_that_has_gone_on_since_is_refused()
    {
        using var file = new CsvFile("a\n1\n2");
        var position = file.PositionAfter(2);
        File.AppendAllText(file.Path, "5\n");
        Refused(file, position, $"No row of {file.Path} ends at the stored position 5: ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(60_000)]
    public void P23_S3_a_file_that_is_cut_while_it_is_read_is_an_error_and_no_end(int left)
    {
        var rows = Enumerable.Range(0, 60_000).Select(i => $"id={i:00000}, text=\"{i}\n").ToArray();
        using var file = new CsvFile("id,text\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i:00000},\"\"\"{i}\n\"\n")));
        var length = new FileInfo(file.Path).Length;
        using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 7_000 });
        var read = partition.NextBatch()!.Select(row => row.ToString()!).ToList();
        Assert.Equal(7_000, read.Count);
        using (var cut = new FileStream(file.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            cut.SetLength(left);
        }

        // The rows that were read before come first; none is a part of one.
        var failed = Assert.Throws<FileChangedException>(() =>
        {
            while (partition.NextBatch() is { } batch)
            {
                read.AddRange(batch.Select(row => row.ToString()!));
            }
        });
        Assert.Equal(rows.Take(read.Count), read);
        Assert.StartsWith($"{file.Path} was read up to offset ", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith($" and has {left} bytes now: it was cut.", failed.Message, StringComparison.Ordinal);
        Assert.Equal(partition.Snapshot().Value.Offset, failed.Offset);
        Assert.InRange(failed.Offset, left + 1, length - 1);
        Assert.Throws<FileChangedException>(() => partition.NextBatch());
        Assert.Throws<FileChangedException>(() => file.Open(partition.Snapshot()));
    }

    [Fact]
    public void P23_S5_a_file_that_is_emptied_after_a_run_was_resumed_has_no_end()
    {
        using var file = new CsvFile("a\n1\n2\n");
        using var partition = file.Open(file.PositionAfter(1));
        File.WriteAllText(file.Path, "");
        var failed = Assert.Throws<FileChangedException>(() => partition.NextBatch());
        Assert.Equal($"{file.Path} was read up to offset 3 and has 0 bytes now: it was cut.", failed.Message);
    }

    [Fact]
    public void P23_S5_a_position_is_of_what_was_read_and_not_of_what_has_replaced_it()
    {
        using var file = new CsvFile("a\n1\n2\n3\n");
        using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 1 });
        partition.NextBatch();
        File.WriteAllText(file.Path, "a\n7\n8\n9\n");
        var position = partition.Snapshot().Value;
        Refused(file, position, $"{file.Path} is not the file in which the position 3 was stored: what lies before it differs.");
    }

    private static void Refused(CsvFile file, FilePosition position, string message)
    {
        var failed = Assert.Throws<FileChangedException>(() => file.ReadAll(position));
        Assert.StartsWith(message, failed.Message, StringComparison.Ordinal);
        Assert.Equal((file.Path, position.Offset), (failed.Path, failed.Offset));
    }
}
