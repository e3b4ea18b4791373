using System.Text;
using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class FileSourceTests : IDisposable
{
    private static readonly string[] _texts = ["\n", "\r\n", "", "é", "text", "😀", "\t", new string('y', 300)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a|b")]
    [InlineData("\n\na\n", "||a")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("a\r", "a\r")]
    [InlineData("a\r\r\n", "a\r")]
    [InlineData("\uFEFFa\n\uFEFFb", "a|\uFEFFb")]
    [InlineData("\uFEFF\n", "|end")]
    [InlineData("é\n😀", "é|😀")]
    public void P21_lines_end_with_newlines_and_what_is_left_is_one_too(string text, string lines)
    {
        var expected = text.Length == 0 ? [] : lines == "|end" ? [""] : lines.Split('|');
        Assert.Equal(expected, FileReading.ReadAll(_folder.Write("a", text)));
    }

    [Fact]
    public void P21_a_byte_order_mark_alone_is_no_line() =>
        Assert.Empty(FileReading.ReadAll(_folder.Write("a", Encoding.UTF8.GetPreamble())));

    [Fact]
    public void P21_invalid_bytes_become_replacement_characters_where_that_was_chosen() => Assert.Equal(
        ["a\uFFFDb", "c"],
        FileReading.ReadAll(_folder.Write("a", [(byte)'a', 0xFF, (byte)'b', 10, (byte)'c', 10]), FileReading.Lenient(10)));

    [Fact]
    public void P21_lines_and_offsets_are_right_however_the_file_is_read() =>
        Gen.Select(FileReading.Contents(), Gen.Int[1, 20], Gen.Int[1, 5]).Sample(
            (bytes, buffer, batch) =>
            {
                var path = _folder.Write("a", bytes);
                using var partition = FileReading.Open(path, FileReading.Lenient(batch), bufferSize: buffer);
                var expected = FileReading.Expect(bytes);
                var read = 0;
                while (partition.NextBatch() is { } lines)
                {
                    Assert.InRange(lines.Count, 1, batch);
                    Assert.Equal(expected.Skip(read).Take(lines.Count).Select(line => line.Line), lines);
                    read += lines.Count;
                    Assert.Equal(expected[read - 1].After, partition.Snapshot().Value.Offset);
                }

                Assert.Equal(expected.Count, read);
                Assert.Null(partition.NextBatch());
            },
            iter: 300, threads: 1);

    [Fact]
    public void P21_reads_what_File_ReadLines_reads() =>
        Gen.Select(Gen.Bool, Gen.Int[0, _texts.Length - 1].Select(i => _texts[i]).Array[0, 60], Gen.Int[1, 400])
            .Sample(
                (mark, bits, buffer) =>
                {
                    var path = _folder.Write("a", (mark ? "\uFEFF" : "") + string.Concat(bits));
                    Assert.Equal(File.ReadLines(path), FileReading.ReadAll(path, bufferSize: buffer));
                },
                iter: 300, threads: 1);

    [Fact]
    public void P21_one_partition_by_file_system_and_path()
    {
        var path = _folder.Write("a", "1\n");
        Assert.Equal([$"local::{path}"], new FileSource(path).ListPartitions());
        var source = new FileSource(path, new FileSourceOptions { FileSystemId = "disk 2" });
        Assert.Equal([$"disk 2::{path}"], source.ListPartitions());
        using var partition = source.BuildPartition("step", $"disk 2::{path}", ResumeState<FilePosition>.None);
        Assert.Equal(["1"], partition.ReadAll());
        Assert.Throws<ArgumentException>(() => source.BuildPartition("step", $"local::{path}", ResumeState<FilePosition>.None));
    }

    [Fact]
    public void P21_a_missing_file_has_no_partition() => Assert.Empty(new FileSource(_folder["none"]).ListPartitions());

    [Fact]
    public void P21_batches_have_1000_lines_unless_told_otherwise()
    {
        var path = _folder.Write("a", string.Concat(Enumerable.Range(0, 2_500).Select(i => $"{i}\n")));
        Assert.Equal([1_000, 1_000, 500], Sizes(new FileSource(path)));
        Assert.Equal([2_000, 500], Sizes(new FileSource(path, batchSize: 2_000)));
    }

    [Fact]
    public void S1_a_batch_of_long_lines_ends_before_it_fills_the_memory()
    {
        var line = new string('z', 100_000);
        var path = _folder.Write("a", string.Concat(Enumerable.Repeat(line + "\n", 40)));
        var sizes = Sizes(new FileSource(path));
        Assert.Equal(40, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 15));
    }

    [Fact]
    public void Memory_does_not_depend_on_the_length()
    {
        // Empty lines are all one string, so what is allocated is what the reader itself needs.
        var path = _folder.Write("a", Enumerable.Repeat((byte)'\n', 4_000_000).ToArray());
        using var partition = FileReading.Open(path, bufferSize: FileSourceOptions.BufferSize);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = 0;
        while (partition.NextBatch() is { } batch)
        {
            lines += batch.Count;
        }

        Assert.Equal(4_000_000, lines);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 * FileSourceOptions.BufferSize);
    }

    [Fact]
    public void P21_offsets_go_beyond_what_an_int_holds()
    {
        const long Far = 20L << 30;
        using (var file = File.Create(_folder["a"]))
        {
            // A file with a hole, which takes no room.
            file.Position = Far;
            file.Write("\nlast\n"u8);
        }

        using var partition = FileReading.Open(_folder["a"], from: new FilePosition(Far + 1));
        Assert.Equal(["last"], partition.NextBatch());
        Assert.Equal(Far + 6, partition.Snapshot().Value.Offset);
        Assert.Null(partition.NextBatch());
    }

    [Theory]
    [InlineData("12345\n", true)]
    [InlineData("12345\r\n", true)]
    [InlineData("12345", true)]
    [InlineData("123456\n", false)]
    [InlineData("123456", false)]
    [InlineData("1234567890123456789012345678901234567890", false)]
    public void S3_a_line_that_is_too_long_fails_after_those_before_it(string line, bool fits)
    {
        var path = _folder.Write("a", "1\n" + line);
        var options = new FileSourceOptions { MaxLineLength = 5 };
        if (fits)
        {
            Assert.Equal(["1", "12345"], FileReading.ReadAll(path, options, bufferSize: 3));
            return;
        }

        using var partition = FileReading.Open(path, options, bufferSize: 3);
        Assert.Equal(["1"], partition.NextBatch());
        var failed = Assert.Throws<InvalidDataException>(() => partition.NextBatch());
        Assert.Equal($"The line at offset 2 of {path} is longer than FileSourceOptions.MaxLineLength, which is 5 bytes.", failed.Message);
        Assert.Throws<InvalidDataException>(() => partition.NextBatch());
        Assert.Equal(2, partition.Snapshot().Value.Offset);
    }

    [Fact]
    public void A_file_that_vanished_since_it_was_listed_is_an_error_that_names_it()
    {
        var source = new FileSource(_folder.Write("a", "1\n"));
        var key = source.ListPartitions()[0];
        File.Delete(_folder["a"]);
        var failed = Assert.Throws<FileNotFoundException>(() => source.BuildPartition("step", key, ResumeState<FilePosition>.None));
        Assert.Contains(_folder["a"], failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_refused() =>
        Assert.Contains("DirSource", Assert.Throws<IOException>(() => new FileSource(_folder.Path).ListPartitions()).Message, StringComparison.Ordinal);

    [Fact]
    public void S10_after_Dispose_nothing_can_be_asked_and_the_file_is_closed()
    {
        var partition = FileReading.Open(_folder.Write("a", "1\n2\n"), new() { MaxBatchSize = 1 });
        Assert.Equal(["1"], partition.NextBatch());
        partition.Dispose();
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.NextBatch());
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
        using var alone = File.OpenHandle(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public async Task S10_Dispose_during_polls_ends_them()
    {
        var path = _folder.Write("a", string.Concat(Enumerable.Repeat("line\n", 200_000)));
        for (var i = 0; i < 20; i++)
        {
            var partition = FileReading.Open(path, new() { MaxBatchSize = 10 }, bufferSize: 100);
            var polling = Task.Run(() => Assert.Throws<ObjectDisposedException>((Action)(() =>
            {
                while (true)
                {
                    // Null at the end, if it comes to that before the other thread runs.
                    _ = partition.NextBatch();
                }
            })));
            await Task.Yield();
            partition.Dispose();
            await polling;
        }
    }

    private static List<int> Sizes(FileSource source)
    {
        using var partition = source.BuildPartition("step", source.ListPartitions()[0], ResumeState<FilePosition>.None);
        var sizes = new List<int>();
        while (partition.NextBatch() is { } batch)
        {
            Assert.Null(partition.NextAwake);
            sizes.Add(batch.Count);
        }

        return sizes;
    }
}
