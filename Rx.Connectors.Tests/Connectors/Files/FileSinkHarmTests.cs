using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Playground;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>What other programs do to a file that a sink writes, and who may write it at all.</summary>
[Trait("speed", "slow")]
public sealed class FileSinkHarmTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _elsewhere = new();

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    public static TheoryData<string, string> Harm => new()
    {
        { "cut", "has 0 bytes, and 4 were written to it: another program has cut it" },
        { "cut to less", "has 1 bytes, and 4 were written to it: another program has cut it" },
        { "overwritten", "does not hold what was written to it: another program has written to it" },
        { "appended to", "has 6 bytes, and 4 were written to it: another program writes to it, too" },
        { "deleted", "is gone: another program has deleted or moved it while it was written" },
        { "moved", "is gone: another program has deleted or moved it while it was written" },
        { "replaced", "is another file than the one that is written: another program has replaced it" },
        { "replaced by a copy", "is another file than the one that is written: another program has replaced it" },
        { "directory moved", "is gone: another program has deleted or moved it while it was written" },
    };

    [Theory]
    [MemberData(nameof(Harm))]
    public async Task P24_the_next_flush_fails_and_says_what_was_done(string what, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There nobody else can.");
        foreach (var writesOn in new[] { false, true })
        {
            using var folder = new TempFolder();
            Directory.CreateDirectory(folder["sub"]);
            var path = folder["sub/a"];
            using (var sink = Open(path))
            {
                sink.WriteBatch(["1", "2"]);
                await sink.FlushAsync(TestContext.Current.CancellationToken);
                Do(what, folder);
                if (writesOn)
                {
                    sink.WriteBatch(["3"]);
                }

                for (var i = 0; i < 2; i++)
                {
                    var failed = await Assert.ThrowsAsync<FileChangedException>(
                        async () => await sink.FlushAsync(TestContext.Current.CancellationToken));
                    Assert.StartsWith($"{path} {message}", failed.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task P24_a_flush_beside_writes_finds_no_harm()
    {
        await using var sink = Open(_folder["a"]);
        var flushes = new List<Task>();
        for (var i = 0; i < 300; i++)
        {
            sink.WriteBatch([new string('x', i), $"{i}"]);
            flushes.Add(sink.FlushAsync(TestContext.Current.CancellationToken).AsTask());
        }

        await Task.WhenAll(flushes);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("replaced")]
    public async Task P24_F5_a_flow_whose_file_is_harmed_fails_and_names_it(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There nobody else can.");
        Directory.CreateDirectory(_folder["sub"]);
        var flow = new Dataflow("copy");
        flow.Input("in", Bridge.From(Numbers()).ToSource())
            .Output("out", new FileSink(_folder["sub/a"]), line => line);
        var failed = await Assert.ThrowsAsync<FlowException>(() => flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.IsType<FileChangedException>(failed.InnerException);
        Assert.Contains(_folder["sub/a"], failed.Message, StringComparison.Ordinal);

        async IAsyncEnumerable<string> Numbers()
        {
            for (var i = 0; i < 100; i++)
            {
                yield return $"{i}";
            }

            await WaitForAsync(() => File.Exists(_folder["sub/a"]) && new FileInfo(_folder["sub/a"]).Length > 0);
            Do(what, _folder);
            yield return "last";
        }
    }

    [Theory]
    [InlineData("linked directory")]
    [InlineData("linked twice")]
    [InlineData("hard link")]
    public void A_second_sink_on_a_file_is_refused_by_whatever_name(string how)
    {
        var name = Second(how, _folder["a"]);
        using (var first = Open(_folder["a"]))
        {
            first.WriteBatch(["1"]);
            name = how == "hard link" ? HardLink() : name;
            Assert.Equal(
                $"{name} is being written to by another sink. Each sink needs a file of its own.",
                Assert.Throws<IOException>(() => Open(name, new() { Overwrite = true })).Message);
            Assert.Equal(["1"], FileReading.ReadAll(_folder["a"]));
        }

        using var second = Open(name, new() { Overwrite = true });
    }

    [Fact]
    public async Task A_sink_of_a_second_process_is_refused_also_where_this_one_has_closed_the_file_elsewhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "On Windows opening is refused; on macOS it is not.");
        using var sink = Open(_folder["a"]);
        _ = await File.ReadAllTextAsync(_folder["a"], TestContext.Current.CancellationToken);
        _elsewhere.Write("in.txt", "1\n");
        foreach (var name in new[] { _folder["a"], HardLink(), Second("linked directory", _folder["a"]) })
        {
            var exit = await PlaygroundProcess.RunAsync("files", "--in", _elsewhere.Path, "--out", name, "--recovery", _folder["positions"]);
            Assert.NotEqual(0, exit.Code);
            Assert.Contains($"{name} is being written to by another sink.", exit.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_a_process_being_started_still_has_open_is_written_to_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a lock does not belong to the open file.");
        var first = SinkFile.Open(_folder["a"], mayCreate: true);
        // As in a process that was forked off, and has not begun with a program of its own yet.
        using var forked = new SafeFileHandle(Duplicate(first.Handle), ownsHandle: true);
        Assert.False(forked.IsInvalid);
        first.Dispose();
        SinkFile.Open(_folder["a"], mayCreate: false).Dispose();
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static extern int Duplicate(SafeFileHandle file);

    private static void Do(string what, TempFolder folder)
    {
        var path = folder["sub/a"];
        switch (what)
        {
            case "cut" or "cut to less":
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                {
                    file.SetLength(what == "cut" ? 0 : 1);
                }

                break;
            case "overwritten":
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                {
                    file.Write("x"u8);
                }

                break;
            case "appended to":
                folder.Append("sub/a", "x\n");
                break;
            case "deleted":
                File.Delete(path);
                break;
            case "moved":
                File.Move(path, folder["b"]);
                break;
            case "directory moved":
                Directory.Move(folder["sub"], folder["other"]);
                break;
            default:
                File.Copy(path, folder["b"]);
                File.WriteAllText(folder["c"], "other\n");
                File.Move(folder[what == "replaced" ? "c" : "b"], path, overwrite: true);
                break;
        }
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private string Second(string how, string path)
    {
        if (!Directory.Exists(_elsewhere["link"]))
        {
            Directory.CreateSymbolicLink(_elsewhere["link"], _folder.Path);
            Directory.CreateSymbolicLink(_elsewhere["twice"], _elsewhere["link"]);
        }

        return Path.Combine(_elsewhere[how == "linked twice" ? "twice" : "link"], Path.GetFileName(path));
    }

    private string HardLink()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody says which file is which.");
        using var link = System.Diagnostics.Process.Start("ln", [_folder["a"], _folder["hard"]]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);
        return _folder["hard"];
    }

    private static StatefulSinkPartition<string, FilePosition> Open(string path, FileSinkOptions? options = null)
    {
        var sink = new FileSink(path, options);
        return sink.BuildPartition("step", sink.ListPartitions()[0], ResumeState<FilePosition>.None);
    }
}
