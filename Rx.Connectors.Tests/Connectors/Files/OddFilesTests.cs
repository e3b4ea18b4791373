using System.Diagnostics;
using System.Net.Sockets;
using Rx.Connectors.Bridging;
using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>Files that are missing, come and go, or are no regular files.</summary>
[Trait("speed", "slow")]
public sealed class OddFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private bool _hasOddName;

    public void Dispose()
    {
        if (_hasOddName)
        {
            // .NET finds no file of such a name, nor deletes it.
            Run("sh", "-c", $"rm {_folder.Path}/caf*");
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task P10_P21_a_flow_over_a_missing_file_names_it()
    {
        var path = _folder["none.txt"];
        await FailsAsync(new FileSource(path), $"There is no file {path}.");
        await FailsAsync(new CsvSource(path), $"There is no file {path}.");
        await FailsAsync(new FileSource("none.txt"), $"There is no file none.txt, which is {Path.GetFullPath("none.txt")}.");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task P10_a_flow_over_a_link_that_leads_nowhere_or_to_itself_names_both()
    {
        File.CreateSymbolicLink(_folder["link"], _folder["none"]);
        File.CreateSymbolicLink(_folder["loop"], _folder["loop"]);
        await FailsAsync(new FileSource(_folder["link"]), $"There is no file {_folder["link"]}: it is a link to {_folder["none"]}, and that is not there.");
        await FailsAsync(new CsvSource(_folder["loop"]), $"There is no file {_folder["loop"]}: it is a link to {_folder["loop"]}, and that is not there.");
    }

    [Fact]
    public async Task P10_P22_a_flow_over_a_directory_without_a_file_names_it_and_the_pattern()
    {
        _folder.Write("a.txt", "1\n");
        Directory.CreateDirectory(_folder["b.log"]);
        await FailsAsync(
            new DirSource(_folder.Path, "*.log"), $"No file in {_folder.Path} matches \"*.log\". To wait for one, set DirSourceOptions.WatchInterval.");
    }

    [Fact]
    public async Task P10_what_is_no_regular_file_is_refused_by_its_name_and_not_waited_for()
    {
        MakePipe("pipe");
        foreach (var path in new[] { _folder["pipe"], "/dev/zero" })
        {
            await FailsAsync(new FileSource(path), $"{path} is not a regular file, and so has no positions.");
            await FailsAsync(new CsvSource(path), $"{path} is not a regular file, and so has no positions.");
        }

        await FailsAsync(new CsvSource(_folder.Path), $"{_folder.Path} is a directory and not a file.");
        var sink = new FileSink(_folder["pipe"]);
        Assert.Contains(
            "is not a regular file",
            Assert.Throws<IOException>(() => sink.BuildPartition("step", sink.ListPartitions()[0], ResumeState<FilePosition>.None)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void P22_what_is_no_regular_file_of_a_directory_is_passed_over(bool watch)
    {
        using var socket = MakeOddities();
        var run = Start(watch, out var clock, out var read);
        clock.AdvanceBy(100_000);
        if (watch)
        {
            Assert.False(run.Completion.IsCompleted, run.Completion.Exception?.Message);

            // What a link leads to may come later.
            _folder.Write("none", "late\n");
            clock.AdvanceBy(100_000);
            Assert.Equal(["1", "late", "late"], read.Order());
            run.Abort();
        }

        clock.Start();
        Assert.Equal(watch ? FlowOutcome.Aborted : FlowOutcome.Completed, run.Completion.GetAwaiter().GetResult().Outcome);
        Assert.Equal("1", read[0]);
    }

    [Fact]
    public void Q4_files_may_come_and_go_at_once()
    {
        _folder.Write("stays", "1\n");
        var source = new DirSource(_folder.Path, options: new() { WatchInterval = 100.Ticks() });
        _folder.Write("brief", "2\n");
        Assert.Equal(["local::brief", "local::stays"], source.ListPartitions());
        File.Delete(_folder["brief"]);
        var clock = new VirtualScheduler();
        using var host = new PollHost<string>(source.BuildPartition("step", "local::brief", ResumeState<FilePosition>.None), clock);
        clock.AdvanceBy(150);
        Assert.Null(host.Error);
        Assert.False(host.IsComplete);

        // It is back before anybody has seen that it was gone.
        _folder.Write("brief", "3\n");
        clock.AdvanceBy(100);
        Assert.Equal(["3"], host.Items);
        Assert.True(host.IsComplete);
    }

    [Fact]
    public void Q4_a_flow_over_a_watched_directory_outlives_what_vanishes()
    {
        var run = Start(watch: true, out var clock, out var read);
        for (var i = 0; i < 50; i++)
        {
            _folder.Write($"f{i}", $"{i}\n");
            File.CreateSymbolicLink(_folder[$"l{i}"], _folder[$"f{i}"]);
            clock.AdvanceBy(i % 3 * 70);
            File.Delete(_folder[$"f{i}"]);
            clock.AdvanceBy(i % 2 * 70);
        }

        Assert.False(run.Completion.IsCompleted, run.Completion.Exception?.Message);
        _folder.Write("last", "last\n");
        clock.AdvanceBy(1_000);
        Assert.Contains("last", read);
        run.Abort();
        clock.Start();
        Assert.Equal(FlowOutcome.Aborted, run.Completion.GetAwaiter().GetResult().Outcome);
    }

    private static async Task FailsAsync<T>(FixedPartitionedSource<T, FilePosition> source, string message)
    {
        var flow = new Dataflow("odd");
        flow.Input("in", source).Output("out", Bridge.To<T>((_, _) => throw new InvalidOperationException("Nothing comes.")).ToSink());
        var failed = await Assert.ThrowsAsync<FlowException>(
            () => flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken).WaitAsync(Times.Patience));
        Assert.EndsWith(message, failed.Message, StringComparison.Ordinal);
    }

    private FlowRun Start(bool watch, out VirtualScheduler clock, out List<string> read)
    {
        var lines = new List<string>();
        var flow = new Dataflow("odd");
        flow.Input("in", new DirSource(_folder.Path, options: new() { WatchInterval = watch ? 100.Ticks() : null }))
            .Output("out", Bridge.To<string>((line, _) =>
            {
                lines.Add(line);
                return Task.CompletedTask;
            }).ToSink());
        (clock, read) = (new VirtualScheduler(), lines);
        return flow.Start(new FlowOptions { Scheduler = clock });
    }

    private Socket MakeOddities()
    {
        _folder.Write("good", "1\n");
        Directory.CreateDirectory(_folder["directory"]);
        File.CreateSymbolicLink(_folder["dangling"], _folder["none"]);
        File.CreateSymbolicLink(_folder["loop"], _folder["loop"]);
        File.CreateSymbolicLink(_folder["to directory"], _folder["directory"]);
        MakePipe("pipe");
        _hasOddName = true;
        Run("sh", "-c", $"printf x > {_folder.Path}/\"$(printf 'caf\\351')\"");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));
        return socket;
    }

    private void MakePipe(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody tells a pipe from a file before it is opened.");
        Run("mkfifo", _folder[name]);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
