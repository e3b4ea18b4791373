using CsCheck;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>A file that is overwritten in place while it is read, and not followed: lines of both are never those of one.</summary>
public sealed class FileOverwriteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("b1\n")]
    [InlineData("b1\nb2\nb3\n")]
    [InlineData("b1\nb2\nb3\nb4\nb5\n")]
    [InlineData("a1\na2\nb3\n")]
    [InlineData("")]
    public void S2_a_file_that_is_overwritten_while_it_is_read_is_an_error(string now)
    {
        var path = _folder.Write("a", "a1\na2\na3\n");
        using var partition = FileReading.Open(path, new() { MaxBatchSize = 1 });
        Assert.Equal(["a1"], partition.NextBatch());
        _folder.Write("a", now);
        var lines = new List<string>();
        var failed = Assert.Throws<FileChangedException>(() =>
        {
            while (partition.NextBatch() is { } batch)
            {
                lines.AddRange(batch);
            }
        });
        Assert.Equal(path, failed.Path);
        Assert.StartsWith($"{path} was read up to offset 9 and ", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["a2", "a3"], lines);
        Assert.Equal(9, partition.Snapshot().Value.Offset);
        Assert.Throws<FileChangedException>(() => partition.NextBatch());
    }

    [Fact]
    public void S2_lines_are_of_one_content_however_a_file_is_overwritten() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[0, 600], Gen.Int[1, 40], Gen.Int[2, 300], Gen.Int[1, 30]).Sample(
            (before, after, batches, buffer, batch) =>
            {
                var path = _folder.Write("a", Lines('a', before));
                using var partition = FileReading.Open(path, new() { MaxBatchSize = batch }, bufferSize: buffer);
                var read = new List<string>();
                for (var i = 0; i < batches && partition.NextBatch() is { } lines; i++)
                {
                    read.AddRange(lines);
                }

                _folder.Write("a", Lines('b', after));
                try
                {
                    read.AddRange(partition.ReadAll());
                    Assert.Equal(before, read.Count);
                }
                catch (FileChangedException)
                {
                    // What came before it was read whole.
                }

                Assert.Equal(Lines('a', before).Split('\n').Take(read.Count), read);
            },
            iter: 100, threads: 1);

    [Fact]
    public void S2_a_file_may_grow_while_it_is_read()
    {
        var path = _folder.Write("a", Lines('a', 300));
        using var partition = FileReading.Open(path, new() { MaxBatchSize = 10 }, bufferSize: 100);
        var read = partition.NextBatch()!.ToList();
        _folder.Append("a", "one more\nand a last");
        Assert.Equal([.. Lines('a', 300).Split('\n')[10..^1], "one more", "and a last"], partition.ReadAll());
        Assert.Equal(10, read.Count);
    }

    [Theory]
    [InlineData("b1\nb2\nb3\n")]
    [InlineData("b1\n")]
    public void S5_a_file_that_is_overwritten_between_the_check_of_the_position_and_the_first_read_is_an_error(string now)
    {
        var path = _folder.Write("a", "a1\na2\n");
        FilePosition position;
        using (var first = FileReading.Open(path, new() { MaxBatchSize = 1 }))
        {
            Assert.Equal(["a1"], first.NextBatch());
            position = first.Snapshot().Value;
        }

        using var second = FileReading.Open(path, from: position);
        _folder.Write("a", now);
        Assert.Throws<FileChangedException>(() => second.NextBatch());
        Assert.Equal(position, second.Snapshot().Value);
    }

    [Fact]
    public async Task S2_a_flow_over_a_file_that_is_overwritten_fails_and_names_it()
    {
        var path = _folder.Write("a", Lines('a', 50_000));
        var flow = new Dataflow("copy");
        flow.Input("in", new FileSource(path, batchSize: 100))
            .Select(line =>
            {
                if (line == "a10")
                {
                    _folder.Write("a", Lines('b', 50_000));
                }

                return line;
            })
            .Output("out", new FileSink(_folder["out"]), line => line);
        var failed = await Assert.ThrowsAsync<FlowException>(() => flow.RunAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.IsType<FileChangedException>(failed.InnerException);
        Assert.Contains(path, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('b', File.ReadAllText(_folder["out"]));
    }

    private static string Lines(char name, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{name}{i}\n"));
}
