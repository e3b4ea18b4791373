using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>A followed file that is cut, or overwritten in place, before the next look.</summary>
public sealed class FileCutTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a1\n", "b1\nb2\nb3\n", "a1", "b1 b2 b3")]
    [InlineData("a1\n", "b1\n", "a1", "b1")]
    [InlineData("a1\n", "b\n", "a1", "b")]
    [InlineData("a1\na2\n", "a1\nb2\nb3\n", "a1 a2", "a1 b2 b3")]
    [InlineData("a1\nhal", "b1-LINE\nb2\n", "a1", "hal b1-LINE b2")]
    [InlineData("a1\nhal", "hal-LINE\nb2\n", "a1", "hal hal-LINE b2")]
    [InlineData("hal", "b-LINE\nb2\n", "", "hal b-LINE b2")]
    [InlineData("\uFEFFa1\n", "\uFEFFb1\nb2\n", "a1", "b1 b2")]
    [InlineData("\uFEFFa1\n", "b1\nb2\nb3\n", "a1", "b1 b2 b3")]
    public void S2_a_file_that_is_cut_and_grown_before_the_next_poll_is_found_out(string before, string now, string read, string after)
    {
        foreach (var onCut in new[] { FileMismatchBehavior.Fail, FileMismatchBehavior.StartOver })
        {
            var path = _folder.Write("a", before);
            using var partition = Open(onCut);
            Assert.Equal(Split(read), partition.NextBatch());
            _folder.Write("a", now);
            if (onCut == FileMismatchBehavior.Fail)
            {
                Assert.Equal(path, Assert.Throws<FileChangedException>(() => partition.NextBatch()).Path);
                continue;
            }

            Assert.Equal(Split(after), Poll(partition));
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(now), partition.Snapshot().Value.Offset);
        }
    }

    [Fact]
    public void S2_a_character_that_is_cut_in_two_is_not_glued_to_what_comes_after()
    {
        _folder.Write("a", [(byte)'a', (byte)'\n', 0xC3]);
        using var partition = Open(FileMismatchBehavior.StartOver, encoding: System.Text.Encoding.UTF8);
        Assert.Equal(["a"], partition.NextBatch());
        _folder.Write("a", "b1\n\u00E9\n");
        Assert.Equal(["\uFFFD", "b1", "\u00E9"], Poll(partition));
    }

    [Fact]
    public void S2_no_line_is_of_two_contents_however_often_a_file_is_cut() =>
        Gen.Select(Gen.Select(Gen.Int[0, 60], Gen.Int[0, 3], Gen.Bool).Array[1, 8], Gen.Int[16, 200]).Sample(
            (contents, buffer) =>
            {
                _folder.Write("a", "");
                using var partition = Open(FileMismatchBehavior.StartOver, buffer);
                var read = new List<string>();
                var known = new HashSet<string>();
                for (var i = 0; i < contents.Length; i++)
                {
                    var (count, polls, half) = contents[i];
                    var lines = Enumerable.Range(0, count).Select(line => $"{(char)('a' + i)}{line}").ToArray();
                    _folder.Write("a", string.Concat(lines.Select(line => line + "\n")) + (half ? $"{(char)('a' + i)}-half" : ""));
                    known.UnionWith([.. lines, $"{(char)('a' + i)}-half"]);
                    for (var poll = 0; poll < polls; poll++)
                    {
                        read.AddRange(partition.NextBatch()!);
                    }
                }

                _folder.Write("a", "z1\nz2\n");
                read.AddRange(Poll(partition));
                known.UnionWith(["z1", "z2"]);
                Assert.Subset(known, read.ToHashSet());
                Assert.Equal(read.Count, read.Distinct().Count());
                Assert.Equal(["z1", "z2"], read.TakeLast(2));
            },
            iter: 60, threads: 1);

    [Theory]
    [InlineData(FileMismatchBehavior.Fail)]
    [InlineData(FileMismatchBehavior.StartOver)]
    public void A_file_that_is_overwritten_with_as_many_bytes_is_cut_and_not_rotated(FileMismatchBehavior onRotated)
    {
        var path = _folder.Write("a", "state=1\n");
        using (var host = new PollHost<string>(Open(FileMismatchBehavior.Fail, onRotated: onRotated), _clock))
        {
            _clock.AdvanceBy(150);
            InPlace("state=2\n");
            _clock.AdvanceBy(500);
            Assert.Equal(["state=1"], host.Items);
            Assert.Equal(
                $"{path} was read up to offset 8 and what lies before it differs now: it was cut and written anew.",
                Assert.IsType<FileChangedException>(host.Error).Message);
        }

        _folder.Write("a", "state=1\n");
        using var again = new PollHost<string>(Open(FileMismatchBehavior.StartOver, onRotated: onRotated), _clock);
        _clock.AdvanceBy(150);
        InPlace("state=2\n");
        _clock.AdvanceBy(100);
        InPlace("state=3\n");
        _clock.AdvanceBy(100);
        Assert.Equal(["state=1", "state=2", "state=3"], again.Items);
    }

    [Fact]
    public void S5_a_file_that_was_cut_while_nobody_read_it_is_found_at_the_start()
    {
        _folder.Write("a", "a1\nhal");
        FilePosition position;
        using (var first = Open(FileMismatchBehavior.StartOver))
        {
            Assert.Equal(["a1"], first.NextBatch());
            position = first.Snapshot().Value;
        }

        _folder.Write("a", "b1\nb2\n");
        Assert.Throws<FileChangedException>(() => FileReading.Open(_folder["a"], new() { Follow = new() }, position));

        // And one that is cut just after it was looked at.
        _folder.Write("a", "a1\nhal");
        using var second = FileReading.Open(_folder["a"], new() { Follow = new() { OnCut = FileMismatchBehavior.StartOver } }, position);
        second.Start(_clock);
        _folder.Write("a", "b1\nb2\n");
        Assert.Equal(["b1", "b2"], Poll(second));
    }

    private static string[] Split(string lines) => lines.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static List<string> Poll(FileSourcePartition<string> partition) => [.. Enumerable.Range(0, 30).SelectMany(_ => partition.NextBatch()!)];

    private void InPlace(string text)
    {
        using var file = new FileStream(_folder["a"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private FileSourcePartition<string> Open(
        FileMismatchBehavior onCut, int bufferSize = 16, FileMismatchBehavior onRotated = FileMismatchBehavior.StartOver,
        System.Text.Encoding? encoding = null)
    {
        var partition = FileReading.Open(
            _folder["a"], new() { Encoding = encoding, Follow = new() { OnCut = onCut, OnRotated = onRotated, PollInterval = 100.Ticks() } },
            bufferSize: bufferSize);
        partition.Start(_clock);
        return partition;
    }
}
