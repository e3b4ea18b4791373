using Rx.Connectors.Files;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class FileOptionsTests
{
    private static readonly Dictionary<string, (string Parameter, Action Make)> _bad = new()
    {
        ["empty path"] = ("path", () => _ = new FileSource("")),
        ["empty sink path"] = ("path", () => _ = new FileSink("")),
        ["batch of none"] = ("batchSize", () => _ = new FileSource("a", 0)),
        ["no options"] = ("options", () => _ = new FileSource("a", null!)),
        ["batch size"] = ("options.MaxBatchSize", Source(new() { MaxBatchSize = 0 })),
        ["no line"] = ("options.MaxLineLength", Source(new() { MaxLineLength = 0 })),
        ["endless line"] = ("options.MaxLineLength", Source(new() { MaxLineLength = int.MaxValue })),
        ["colons"] = ("options.FileSystemId", Source(new() { FileSystemId = "a::b" })),
        ["empty id"] = ("options.FileSystemId", Source(new() { FileSystemId = "" })),
        ["null id"] = ("options.FileSystemId", Source(new() { FileSystemId = null! })),
        ["other file"] = ("options.OnOtherFile", Source(new() { OnOtherFile = (FileMismatchBehavior)7 })),
        ["no interval"] = ("options.Follow.PollInterval", Source(new() { Follow = new() { PollInterval = TimeSpan.Zero } })),
        ["long interval"] = ("options.Follow.PollInterval", Source(new() { Follow = new() { PollInterval = TimeSpan.FromDays(2) } })),
        ["cut"] = ("options.Follow.OnCut", Source(new() { Follow = new() { OnCut = (FileMismatchBehavior)7 } })),
        ["rotated"] = ("options.Follow.OnRotated", Source(new() { Follow = new() { OnRotated = (FileMismatchBehavior)7 } })),
        ["long line"] = ("options.OnLongLine", Source(new() { OnLongLine = (LongLineBehavior)7 })),
        ["skip"] = ("options.SkipLines", Source(new() { SkipLines = -1 })),
        ["encoding"] = ("options.Encoding", Source(new() { Encoding = System.Text.Encoding.UTF32 })),
        ["begin at the end"] = (
            "options.Files.Follow.BeginAtEnd", () => _ = new DirSource("a", "*", new() { Files = new() { Follow = new() { BeginAtEnd = true } } })),
        ["empty directory"] = ("directory", () => _ = new DirSource("")),
        ["empty pattern"] = ("pattern", () => _ = new DirSource("a", "")),
        ["pattern with a directory"] = ("pattern", () => _ = new DirSource("a", "b/*")),
        ["options of files"] = ("options.Files.MaxBatchSize", () => _ = new DirSource("a", "*", new() { Files = new() { MaxBatchSize = 0 } })),
        ["watch"] = ("options.WatchInterval", () => _ = new DirSource("a", "*", new() { WatchInterval = TimeSpan.Zero })),
        ["sink colons"] = ("options.FileSystemId", () => _ = new FileSink("a", new() { FileSystemId = "::" })),
        ["line ending"] = ("options.LineEnding", () => _ = new FileSink("a", new() { LineEnding = (LineEnding)7 })),
        ["roll by no size"] = ("options.Roll.MaxBytes", () => _ = new FileSink("a", new() { Roll = new() { MaxBytes = 0 } })),
        ["roll by no time"] = ("options.Roll.Interval", () => _ = new FileSink("a", new() { Roll = new() { Interval = TimeSpan.Zero } })),
        ["empty sink directory"] = ("directory", () => _ = new DirSink("", 1)),
        ["no files"] = ("fileCount", () => _ = new DirSink("a", 0)),
        ["sink options of files"] = ("options.Files.FileSystemId", Dir(new() { Files = new() { FileSystemId = "" } })),
        ["same name"] = ("options.Naming", Dir(new() { Naming = i => i == 0 ? "a" : "A" })),
        ["no name"] = ("options.Naming", Dir(new() { Naming = _ => null! })),
        ["name with a directory"] = ("options.Naming", Dir(new() { Naming = i => $"../{i}" })),
    };

    public static TheoryData<string> BadOptions => [.. _bad.Keys];

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Bad_option_is_refused_by_name(string bad)
    {
        var (parameter, make) = _bad[bad];
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(make).ParamName);
    }

    [Fact]
    public void Refusal_says_what_is_allowed()
    {
        Assert.StartsWith(
            "FileSourceOptions.MaxLineLength must be from 1 to 536870912 bytes.",
            Assert.ThrowsAny<ArgumentException>(Source(new() { MaxLineLength = 0 })).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "FileSinkOptions.FileSystemId must not be empty and must not contain \"::\".",
            Assert.ThrowsAny<ArgumentException>(() => _ = new FileSink("a", new() { FileSystemId = "" })).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "DirSinkOptions.Naming must give each file another name; it gave \"A\" twice.",
            Assert.ThrowsAny<ArgumentException>(Dir(new() { Naming = i => i == 0 ? "a" : "A" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_pinned()
    {
        var source = new FileSourceOptions();
        Assert.Equal(1_000, source.MaxBatchSize);
        Assert.Equal(16_777_216, source.MaxLineLength);
        Assert.Equal("local", source.FileSystemId);
        Assert.Equal(FileMismatchBehavior.Fail, source.OnOtherFile);
        Assert.Null(source.Follow);
        Assert.Equal(LongLineBehavior.Fail, source.OnLongLine);
        Assert.Equal(0, source.SkipLines);
        Assert.Null(source.Encoding);
        var follow = new FileFollowOptions();
        Assert.Equal(TimeSpan.FromMilliseconds(250), follow.PollInterval);
        Assert.Equal(FileMismatchBehavior.Fail, follow.OnCut);
        Assert.Equal(FileMismatchBehavior.StartOver, follow.OnRotated);
        Assert.False(follow.BeginAtEnd);
        Assert.Null(new DirSourceOptions().Files);
        Assert.Null(new DirSourceOptions().WatchInterval);
        var sink = new FileSinkOptions();
        Assert.Equal("local", sink.FileSystemId);
        Assert.False(sink.Overwrite);
        Assert.Equal(LineEnding.Lf, sink.LineEnding);
    }

    private static Action Source(FileSourceOptions options) => () => _ = new FileSource("a", options);

    private static Action Dir(DirSinkOptions options) => () => _ = new DirSink("a", 2, options);
}
