using System.Runtime.Versioning;
using Rx.Connectors.Files;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class FileSinkFailureTests : IDisposable
{
    private const string FullDevice = "/dev/full";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void P24_an_existing_file_without_a_position_is_an_error_and_stays()
    {
        var path = _folder.Write("a", "precious\n");
        var failed = Assert.Throws<IOException>(() => Open("a"));
        Assert.Equal(
            $"{path} exists, and no position is stored for it. Choose another file, or set FileSinkOptions.Overwrite to empty it.",
            failed.Message);
        Assert.Equal("precious\n", File.ReadAllText(path));
    }

    [Fact]
    public void P24_an_existing_file_is_emptied_where_that_was_asked_for()
    {
        _folder.Write("a", "old and long\n");
        using var sink = Open("a", new() { Overwrite = true });
        Assert.Equal("", File.ReadAllText(_folder["a"]));
        sink.WriteBatch(["new"]);
        Assert.Equal("new\n", File.ReadAllText(_folder["a"]));
    }

    [Fact]
    public void P24_overwriting_does_not_go_before_a_stored_position()
    {
        _folder.Write("a", "1\n2\n3\n");
        using var sink = Open("a", new() { Overwrite = true }, new FilePosition(4));
        Assert.Equal("1\n2\n", File.ReadAllText(_folder["a"]));
    }

    [Fact]
    public void P24_an_empty_file_counts_as_new()
    {
        _folder.Write("a", "");
        using var sink = Open("a");
        sink.WriteBatch(["1"]);
        Assert.Equal("1\n", File.ReadAllText(_folder["a"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("written after the first position was stored\n")]
    public void P24_a_stored_beginning_fits_whatever_came_after_it(string? there)
    {
        if (there is not null)
        {
            _folder.Write("a", there);
        }

        using var sink = Open("a", from: new FilePosition(0));
        sink.WriteBatch(["1"]);
        Assert.Equal("1\n", File.ReadAllText(_folder["a"]));
    }

    [Theory]
    [InlineData("1\n", "has 2 bytes, and the stored position is 4: it was cut or replaced")]
    [InlineData("1\nx\n3\n", "is not the file in which the position 4 was stored")]
    [InlineData(null, "is gone, and the stored position in it is 4")]
    public void P24_a_file_that_the_position_does_not_fit_is_an_error_and_stays(string? there, string message)
    {
        FilePosition position;
        using (var first = Open("a"))
        {
            first.WriteBatch(["1", "2"]);
            position = first.Snapshot().Value;
        }

        File.Delete(_folder["a"]);
        if (there is not null)
        {
            _folder.Write("a", there);
        }

        var failed = Assert.Throws<FileChangedException>(() => Open("a", new() { Overwrite = true }, position));
        Assert.StartsWith($"{_folder["a"]} {message}", failed.Message, StringComparison.Ordinal);
        Assert.Equal(there, File.Exists(_folder["a"]) ? File.ReadAllText(_folder["a"]) : null);
    }

    [Fact]
    public void A_second_sink_on_a_file_is_refused()
    {
        using (var first = Open("a"))
        {
            first.WriteBatch(["1"]);
            var link = File.CreateSymbolicLink(_folder["link"], _folder["a"]);
            foreach (var path in new[] { _folder["a"], Path.Combine(_folder.Path, ".", "a"), link.FullName })
            {
                var sink = new FileSink(path, new() { Overwrite = true });
                var failed = Assert.Throws<IOException>(
                    () => sink.BuildPartition("step", sink.ListPartitions()[0], ResumeState<FilePosition>.None));
                Assert.Equal($"{path} is being written to by another sink. Each sink needs a file of its own.", failed.Message);
            }

            Assert.Equal(["1"], FileReading.ReadAll(_folder["a"]));
        }

        using var second = Open("a", from: new FilePosition(2));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_sink_of_another_process_is_locked_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/proc/locks"), "Looks at the locks that Linux lists.");
        using (var probe = new FileStream(_folder["probe"], FileMode.Create))
        {
            probe.Lock(7, 1);
            Assert.SkipUnless(Locks(7) > 0, "This Linux lists no locks.");
        }

        const long LockedByte = long.MaxValue - 1;
        var others = Locks(LockedByte);
        using var sink = Open("a");
        Assert.True(Locks(LockedByte) > others);
    }

    [Fact]
    public void A_missing_or_wrong_directory_is_an_error_that_names_the_file()
    {
        var missing = Assert.Throws<DirectoryNotFoundException>(() => Open("none/a"));
        Assert.Contains(_folder["none/a"], missing.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["sub"]);
        Assert.Contains("DirSink", Assert.Throws<IOException>(() => Open("sub")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_must_not_be_written_is_an_error_that_names_it()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "A privileged process may write everything.");
        var path = _folder.Write("a", "");
        File.SetAttributes(path, FileAttributes.ReadOnly);
        var failed = Assert.Throws<UnauthorizedAccessException>(() => Open("a"));
        File.SetAttributes(path, FileAttributes.Normal);
        Assert.Contains(path, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void K3_a_full_disk_confirms_nothing_of_the_batch()
    {
        Assert.SkipUnless(File.Exists(FullDevice), "Only Linux has a disk that is always full.");
        var target = new FileSink(FullDevice);
        using var sink = target.BuildPartition("step", target.ListPartitions()[0], ResumeState<FilePosition>.None);
        var failed = Assert.Throws<SinkWriteException>(() => sink.WriteBatch(["1", "2"]));
        Assert.Empty(failed.Confirmed);
        Assert.Equal([0, 1], failed.Failed.Select(one => one.Index));
        Assert.Empty(failed.NotTried);
        Assert.IsType<IOException>(failed.InnerException);
        Assert.StartsWith($"{FullDevice} could not be written to at offset 0: ", failed.InnerException.Message, StringComparison.Ordinal);
        Assert.Equal(new FilePosition(0), sink.Snapshot().Value);

        var many = Enumerable.Repeat(new string('x', 100_000), 10).ToArray();
        failed = Assert.Throws<SinkWriteException>(() => sink.WriteBatch(many));
        Assert.Equal([0, 1, 2], failed.Failed.Select(one => one.Index));
        Assert.Equal(Enumerable.Range(3, 7), failed.NotTried);
    }

    [Fact]
    public void K3_a_line_that_is_null_is_named_and_nothing_is_written()
    {
        using var sink = Open("a");
        var failed = Assert.Throws<SinkWriteException>(() => sink.WriteBatch(["1", null!, "3"]));
        Assert.Equal(1, Assert.Single(failed.Failed).Index);
        Assert.Equal([0, 2], failed.NotTried);
        Assert.Equal("", File.ReadAllText(_folder["a"]));
        sink.WriteBatch(["4"]);
        Assert.Equal("4\n", File.ReadAllText(_folder["a"]));
    }

    private static int Locks(long first) => File.ReadLines("/proc/locks").Count(line =>
        line.Contains($" WRITE {Environment.ProcessId} ", StringComparison.Ordinal) &&
        line.Contains($" {first} ", StringComparison.Ordinal));

    private StatefulSinkPartition<string, FilePosition> Open(
        string name, FileSinkOptions? options = null, ResumeState<FilePosition> from = default)
    {
        var sink = new FileSink(_folder[name], options);
        return sink.BuildPartition("step", sink.ListPartitions()[0], from);
    }
}
