using System.Diagnostics.Metrics;
using System.Text;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>Encodings, long lines, holes, and where reading begins.</summary>
public sealed class FileTextTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void P21_UTF_16_is_read_by_its_byte_order_mark_however_it_is_cut(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var path = _folder.Write("a", [.. encoding.GetPreamble(), .. encoding.GetBytes("one\r\n\u010A\u0A0D\n\nzażółć 😀\nlast")]);
        foreach (var buffer in new[] { 1, 2, 3, 7, 64 })
        {
            Assert.Equal(["one", "\u010A\u0A0D", "", "zażółć 😀", "last"], FileReading.ReadAll(path, bufferSize: buffer));
            CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, new() { MaxBatchSize = 1 }, from, buffer));
        }
    }

    [Theory]
    [InlineData("utf-16", "looks like UTF-16 without a byte order mark")]
    [InlineData("utf-16BE", "looks like UTF-16 without a byte order mark")]
    [InlineData("utf-32", "is in UTF-32, which is not read")]
    public void What_cannot_be_told_is_refused(string name, string message)
    {
        var encoding = Encoding.GetEncoding(name);
        var path = _folder.Write("a", [.. name == "utf-32" ? encoding.GetPreamble() : [], .. encoding.GetBytes("one\ntwo\n")]);
        using var partition = FileReading.Open(path);
        var failed = Assert.Throws<InvalidDataException>(() => partition.NextBatch());
        Assert.StartsWith($"{path} {message}", failed.Message, StringComparison.Ordinal);
        if (name != "utf-32")
        {
            Assert.Equal(["one", "two"], FileReading.ReadAll(path, new() { Encoding = encoding }));
        }
    }

    [Fact]
    public void S3_what_is_not_UTF_8_is_an_error_that_names_the_line_and_other_encodings_are_read_if_they_are_named()
    {
        var path = _folder.Write("a", Encoding.Latin1.GetBytes("one\ncaf\u00E9\nthree\n"));
        using var partition = FileReading.Open(path);
        Assert.Equal(["one"], partition.NextBatch());
        Assert.StartsWith(
            $"The line at offset 4 of {path} cannot be read: ",
            Assert.Throws<InvalidDataException>(() => partition.NextBatch()).Message, StringComparison.Ordinal);
        Assert.Equal(["one", "caf\u00E9", "three"], FileReading.ReadAll(path, new() { Encoding = Encoding.Latin1 }));
        Assert.Equal(["one", "caf\uFFFD", "three"], FileReading.ReadAll(path, new() { Encoding = Encoding.UTF8 }));
    }

    [Fact]
    public void A_line_that_nobody_can_read_is_passed_over_where_somebody_says_so()
    {
        var path = _folder.Write("a", Encoding.Latin1.GetBytes("one\ncaf\u00E9\nthree\n"));
        BadLine? bad = null;
        Assert.Equal(["one", "three"], FileReading.ReadAll(path, new() { OnBadLine = line => (bad = line) is not null }));
        Assert.Equal((path, 4L, 4), (bad!.Path, bad.Offset, bad.Line.Length));
    }

    [Theory]
    [InlineData(LongLineBehavior.Cut, "1|12345|é234|3|12345")]
    [InlineData(LongLineBehavior.Skip, "1|3")]
    public void A_line_that_is_too_long_is_cut_or_skipped_and_counted_and_the_rest_is_read(LongLineBehavior behavior, string expected)
    {
        var path = _folder.Write("a", $"1\n12345{new string('6', 500)}\r\né234é\n3\n1234567");
        foreach (var buffer in new[] { 1, 3, 10, 4_096 })
        {
            var counted = 0L;
            using var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, all) =>
            {
                if (instrument.Meter.Name == "Rx.Connectors.Files")
                {
                    all.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
                counted += tags[0].Value as string == path ? count : 0);
            listener.Start();
            var options = new FileSourceOptions { MaxLineLength = 5, OnLongLine = behavior, MaxBatchSize = 1 };
            Assert.Equal(expected.Split('|'), FileReading.ReadAll(path, options, bufferSize: buffer));
            Assert.Equal(3, counted);
            CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, options, from, buffer));
        }
    }

    [Fact]
    public void A_long_line_takes_no_more_memory_than_is_allowed()
    {
        var path = _folder.Write("a", new string('x', 3_000_000) + "\nafter\n");
        var options = new FileSourceOptions { MaxLineLength = 100, OnLongLine = LongLineBehavior.Skip };
        using var partition = FileReading.Open(path, options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(["after"], partition.ReadAll());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 * FileSourceOptions.BufferSize);
    }

    [Fact]
    public void S5_a_hole_that_a_writer_without_append_mode_left_is_passed_over()
    {
        var path = _folder.Write("a", "a1\na2\n");
        using var host = new PollHost<string>(
            FileReading.Open(path, new() { Follow = new() { PollInterval = 100.Ticks(), OnCut = FileMismatchBehavior.StartOver } }), _clock);
        _clock.AdvanceBy(150);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            writer.SetLength(0);
            writer.Position = 2_000_000;
            writer.Write("b1\nb2\n"u8);
        }

        _clock.AdvanceBy(3_000);
        Assert.Equal(["a1", "a2", "b1", "b2"], host.Items);
        var options = new FileSourceOptions { MaxLineLength = 10, MaxBatchSize = 1 };
        CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, options, from, 4_096));
        _folder.Write("b", "a1\n\0\0\0\0\0b\n\0c");
        Assert.Equal(["a1", "b", "c"], FileReading.ReadAll(_folder["b"], options));
    }

    [Fact]
    public void A_file_that_is_not_there_yet_is_waited_for_and_read_from_its_beginning()
    {
        var source = new FileSource(_folder["a"], new FileSourceOptions
        {
            SkipLines = 1,
            Follow = new() { PollInterval = 100.Ticks(), BeginAtEnd = true },
        });
        var key = Assert.Single(source.ListPartitions());
        using var host = new PollHost<string>(source.BuildPartition("in", key, ResumeState<FilePosition>.None), _clock);
        _clock.AdvanceBy(250);
        Assert.Null(host.Error);
        _folder.Write("a", "name\n1\n2\n");
        _clock.AdvanceBy(250);
        Assert.Equal(["1", "2"], host.Items);
    }

    [Theory]
    [InlineData("1\n2\n", 4)]
    [InlineData("1\n2\nhalf ", 4)]
    [InlineData("half ", 0)]
    [InlineData("", 0)]
    public void Reading_may_begin_at_the_end(string text, long offset)
    {
        _folder.Write("a", text);
        using var partition = FileReading.Open(_folder["a"], new() { Follow = new() { PollInterval = 100.Ticks(), BeginAtEnd = true } });
        Assert.Equal(offset, partition.Snapshot().Value.Offset);
        using var host = new PollHost<string>(partition, _clock);
        _clock.AdvanceBy(150);
        Assert.Empty(host.Items);
        _folder.Append("a", "3\n");
        _clock.AdvanceBy(150);
        Assert.Equal([text.EndsWith(' ') ? "half 3" : "3"], host.Items);
    }

    [Fact]
    public void The_first_lines_may_be_passed_over_at_each_beginning_and_not_again_by_a_run_that_resumes()
    {
        var path = _folder.Write("a", "# 1\n# 2\n1\n2\n3");
        foreach (var buffer in new[] { 1, 5, 64 })
        {
            var options = new FileSourceOptions { SkipLines = 2, MaxBatchSize = 1 };
            Assert.Equal(["1", "2", "3"], FileReading.ReadAll(path, options, bufferSize: buffer));
            CutAnywhere.Check<string, FilePosition>((_, from) => FileReading.Open(path, options, from, buffer));
        }

        Assert.Empty(FileReading.ReadAll(path, new() { SkipLines = 9 }));
    }
}
