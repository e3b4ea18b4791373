using System.Text;
using System.Text.Json;
using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class FileSourcePositionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void S5_cut_anywhere_equals_uncut() =>
        Gen.Select(FileReading.Contents(), Gen.Int[1, 20], Gen.Int[1, 4]).Sample(
            (bytes, buffer, batch) =>
            {
                var path = _folder.Write("a", bytes);
                var settings = FileReading.Lenient(batch);
                CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, settings, from, buffer));
                CutAnywhere.CheckTwice<string, FilePosition>((_, from) => FileReading.Open(path, settings, from, buffer));
            },
            iter: 40, threads: 1);

    [Fact]
    public void S5_cut_anywhere_in_a_file_longer_than_its_fingerprint() =>
        Gen.Select(Gen.Int[0, 400].Array[20], Gen.Int[100, 2_000]).Sample(
            (lengths, buffer) =>
            {
                var path = _folder.Write("a", string.Join('\n', lengths.Select((length, i) => new string((char)('a' + i), length))));
                var settings = FileReading.Lenient(2);
                CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, settings, from, buffer));
            },
            iter: 20, threads: 1);

    [Fact]
    public void S5_none_before_the_first_line_and_the_end_after_the_last()
    {
        using var partition = FileReading.Open(_folder.Write("a", "\uFEFF1\r\n2"));
        Assert.False(partition.Snapshot().HasValue);
        Assert.Equal(["1", "2"], partition.NextBatch());
        Assert.Null(partition.NextBatch());
        Assert.Equal(7, partition.Snapshot().Value.Offset);
        Assert.Equal(partition.Snapshot(), partition.Snapshot());
    }

    [Fact]
    public void A_position_survives_JSON()
    {
        var position = PositionAfter(_folder.Write("a", "1\n2\n"), 1);
        Assert.Equal(position, JsonSerializer.Deserialize<FilePosition>(JsonSerializer.Serialize(position)));
        Assert.Equal(new FilePosition(5), JsonSerializer.Deserialize<FilePosition>("""{"Offset":5}"""));
    }

    [Fact]
    public void What_is_appended_does_not_change_the_fingerprint()
    {
        var path = _folder.Write("a", "1\n2\n");
        var position = PositionAfter(path, 2);
        _folder.Append("a", "3\n");
        Assert.Equal(["3"], FileReading.ReadAll(path, from: position));
    }

    [Theory]
    [InlineData("1\n", "has 2 bytes, and the stored position is 4: it was cut or replaced")]
    [InlineData("", "has 0 bytes, and the stored position is 4")]
    [InlineData("1\n3\n4\n", "is not the file in which the position 4 was stored")]
    [InlineData("x\n2\n4\n", "is not the file in which the position 4 was stored")]
    public void A_position_never_applies_to_another_file(string now, string message)
    {
        var position = PositionAfter(_folder.Write("a", "1\n2\n3\n"), 2);
        var path = _folder.Write("a", now);
        var failed = Assert.Throws<FileChangedException>(() => FileReading.Open(path, from: position));
        Assert.Contains(message, failed.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, failed.Message, StringComparison.Ordinal);
        Assert.Equal((path, 4L), (failed.Path, failed.Offset));

        using var partition = FileReading.Open(path, new() { OnOtherFile = FileMismatchBehavior.StartOver }, position);
        Assert.Equal(new FilePosition(0), partition.Snapshot().Value);
        Assert.Equal(File.ReadAllLines(path), partition.ReadAll());
    }

    [Fact]
    public void A_change_anywhere_near_the_beginning_or_the_position_is_found() =>
        Gen.Int[0, 4_999].Where(i => i is < 1_024 or >= 5_000 - 1_024).Sample(
            changed =>
            {
                var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i:0000}\n")));
                var position = PositionAfter(_folder.Write("a", bytes), 1_000);
                bytes[changed] ^= 1;
                Assert.Throws<FileChangedException>(() => FileReading.Open(_folder.Write("a", bytes), from: position));
            },
            iter: 30, threads: 1);

    [Fact]
    public void A_negative_position_is_refused()
    {
        var path = _folder.Write("a", "1\n");
        Assert.Throws<FileChangedException>(() => FileReading.Open(path, from: new FilePosition(-1)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\n3\n", "3")]
    [InlineData("\r\n3", "3")]
    public void S5_a_last_line_that_gets_its_newline_later_is_not_followed_by_an_empty_one(string appended, string lines)
    {
        var path = _folder.Write("a", "1\n2");
        var position = PositionAfter(path, 2);
        _folder.Append("a", appended);
        Assert.Equal(lines.Length == 0 ? [] : [lines], FileReading.ReadAll(path, from: position, bufferSize: 1));
    }

    [Theory]
    [InlineData("3\n")]
    [InlineData("\r")]
    [InlineData("\r3\n")]
    public void S5_a_last_line_that_goes_on_later_is_an_error(string appended)
    {
        var path = _folder.Write("a", "1\n2");
        var position = PositionAfter(path, 2);
        _folder.Append("a", appended);
        using var partition = FileReading.Open(path, from: position, bufferSize: 1);
        var failed = Assert.Throws<FileChangedException>(() => partition.NextBatch());
        Assert.Equal(
            $"The line before offset 3 of {path} was the last and had no newline when it was read; it has gone on since.", failed.Message);
        Assert.Equal(position, partition.Snapshot().Value);
    }

    [Fact]
    public void S3_a_file_that_is_cut_while_it_is_read_is_an_error_and_no_end()
    {
        var path = _folder.Write("a", string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n")));
        using var partition = FileReading.Open(path, new() { MaxBatchSize = 10 }, bufferSize: 100);
        Assert.Equal(10, partition.NextBatch()!.Count);
        _folder.Write("a", "cut\n");
        var failed = Assert.Throws<FileChangedException>(() => partition.ReadAll());
        Assert.Contains("has 4 bytes now: it was cut.", failed.Message, StringComparison.Ordinal);
    }

    private static FilePosition PositionAfter(string path, int lines)
    {
        using var partition = FileReading.Open(path, new() { MaxBatchSize = lines });
        Assert.Equal(lines, partition.NextBatch()!.Count);
        return partition.Snapshot().Value;
    }
}
