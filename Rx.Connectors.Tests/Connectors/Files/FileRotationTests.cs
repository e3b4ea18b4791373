using Rx.Connectors.Files;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>A followed file that was rotated more than once before anybody looked, as during a slow write.</summary>
public sealed class FileRotationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();

    public FileRotationTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody says which file is which.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.1 a", "a.2 a.1")]
    [InlineData("a-20260101 a", "a-20260101 a-20260102")]
    [InlineData("old1 a", "old1 old2")]
    [InlineData("archive/a.1 a", "archive/a.2 archive/a.1")]
    public void S2_what_came_between_two_rotations_is_read(string first, string second)
    {
        Directory.CreateDirectory(_folder["archive"]);
        _folder.Write("a.pos", "not a log");
        using var host = Follow("a1\n");
        Rotate(first.Split(' ')[0], second.Split(' '), "b1\nb2\n", "c1\nc2\n");
        _clock.AdvanceBy(2_000);
        Assert.Null(host.Error);
        Assert.Equal(["a1", "b1", "b2", "c1", "c2"], host.Items);
        _folder.Append("a", "c3\n");
        _clock.AdvanceBy(2_000);
        Assert.Equal("c3", host.Items.Last());
    }

    [Theory]
    [InlineData("app.log", "app.1.log", "app.2.log")]
    [InlineData("app.log", "app.log.1.gz", "app.log.2.gz")]
    public void S2_what_came_between_is_found_or_named_also_where_the_old_file_is_gone(string name, string between, string old)
    {
        var path = _folder.Write(name, "a1\n");
        using var host = new PollHost<string>(Open(name), _clock);
        _clock.AdvanceBy(150);
        File.Move(path, _folder[old]);
        File.Delete(_folder[old]);
        _folder.Write(name, "b1\n");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(1));
        File.Move(path, _folder[between]);
        _folder.Write(name, "c1\n");
        _clock.AdvanceBy(2_000);
        if (between.EndsWith(".gz", StringComparison.Ordinal))
        {
            Assert.Equal(["a1"], host.Items);
            Assert.Equal(
                $"{path} was rotated more than once since it was read up to offset 3, and what came between was not read: {between}. Read it by " +
                "a source of its own; FileSourceOptions.OnOtherFile = StartOver then goes on with what is there.",
                Assert.IsType<FileChangedException>(host.Error).Message);
            return;
        }

        Assert.Equal(["a1", "b1", "c1"], host.Items);
    }

    [Fact]
    public void S2_three_rotations_are_read_in_their_order()
    {
        using var host = Follow("a1\n");
        var now = DateTime.UtcNow;
        foreach (var (text, age) in new[] { ("b1\n", 2), ("c1\n", 1) })
        {
            for (var i = 4; i > 0; i--)
            {
                Move($"a.{i}", $"a.{i + 1}");
            }

            File.Move(_folder["a"], _folder["a.1"]);
            _folder.Write("a", text);
            File.SetLastWriteTimeUtc(_folder["a"], now.AddSeconds(10 - age));
        }

        Move("a.2", "a.3");
        Move("a.1", "a.2");
        Move("a", "a.1");
        _folder.Write("a", "d1\n");
        _clock.AdvanceBy(5_000);
        Assert.Equal(["a1", "b1", "c1", "d1"], host.Items);
    }

    [Fact]
    public void A_single_rotation_beside_older_files_reads_none_of_them()
    {
        foreach (var (name, days) in new[] { ("a.1", 1), ("a.2", 2), ("a.3.gz", 3) })
        {
            File.SetLastWriteTimeUtc(_folder.Write(name, $"old {name}\n"), DateTime.UtcNow.AddDays(-days));
        }

        _folder.Write("ab.1", "of another\n");
        using var host = Follow("a1\n");
        Move("a.3.gz", "a.4.gz");
        Move("a.2", "a.3");
        Move("a.1", "a.2");
        Move("a", "a.1");
        _folder.Write("a", "b1\n");
        _clock.AdvanceBy(2_000);
        Assert.Equal(["a1", "b1"], host.Items);
        Assert.Null(host.Error);
    }

    private void Rotate(string first, string[] second, string between, string last)
    {
        File.Move(_folder["a"], _folder[first]);
        _folder.Write("a", between);
        Move(first, second[0]);
        File.Move(_folder["a"], _folder[second[1]]);
        _folder.Write("a", last);
    }

    private void Move(string from, string to)
    {
        if (from != to && File.Exists(_folder[from]))
        {
            File.Move(_folder[from], _folder[to]);
        }
    }

    private PollHost<string> Follow(string text)
    {
        _folder.Write("a", text);
        var host = new PollHost<string>(Open("a"), _clock);
        _clock.AdvanceBy(150);
        return host;
    }

    private FileSourcePartition<string> Open(string name) =>
        FileReading.Open(_folder[name], new() { Follow = new() { PollInterval = 100.Ticks() } });
}
