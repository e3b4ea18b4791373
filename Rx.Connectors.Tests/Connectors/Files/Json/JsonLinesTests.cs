using System.Text.Json.Serialization;
using Rx.Connectors.Files;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void S5_an_item_is_made_of_each_line_and_resumed_at_the_exact_byte()
    {
        var path = _folder.Write("a", "{\"id\":1,\"name\":\"é\"}\n {\"id\":2,\"name\":\"\\n\"} \r\n{\"id\":3,\"name\":null}");
        var source = new JsonLinesSource<Named>(path, NamedJson.Default.Named, new() { MaxBatchSize = 1 });
        var key = Assert.Single(source.ListPartitions());
        CutAnywhere.Check<Named, FilePosition>((_, from) => source.BuildPartition("in", key, from));
        using var partition = source.BuildPartition("in", key, ResumeState<FilePosition>.None);
        Assert.Equal(new Named[] { new(1, "é"), new(2, "\n"), new(3, null) }, Enumerable.Range(0, 3).SelectMany(_ => partition.NextBatch()!));
        Assert.Null(partition.NextBatch());
    }

    [Theory]
    [InlineData("{\"id\":")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public void S3_a_bad_line_fails_after_those_before_it_and_names_file_and_offset(string bad)
    {
        var path = _folder.Write("a", $"{{\"id\":1}}\n{bad}\n{{\"id\":3}}\n");
        var source = new JsonLinesSource<Named>(path, NamedJson.Default.Named);
        using (var partition = source.BuildPartition("in", source.ListPartitions()[0], ResumeState<FilePosition>.None))
        {
            Assert.Equal(new Named[] { new(1, null) }, partition.NextBatch());
            Assert.StartsWith(
                $"The line at offset 9 of {path} cannot be read: ",
                Assert.Throws<InvalidDataException>(() => partition.NextBatch()).Message, StringComparison.Ordinal);
            Assert.Equal(9, partition.Snapshot().Value.Offset);
        }

        var passing = new JsonLinesSource<Named>(path, NamedJson.Default.Named, new() { OnBadLine = _ => true });
        using var other = passing.BuildPartition("in", passing.ListPartitions()[0], ResumeState<FilePosition>.None);
        Assert.Equal(new Named[] { new(1, null), new(3, null) }, other.NextBatch());
    }

    [Fact]
    public void K7_a_sink_writes_a_line_for_each_item_and_cuts_the_file_to_its_position()
    {
        var sink = new JsonLinesSink<Named>(_folder["a"], NamedJson.Default.Named);
        var key = Assert.Single(sink.ListPartitions());
        ResumeState<FilePosition> position;
        using (var partition = sink.BuildPartition("out", key, ResumeState<FilePosition>.None))
        {
            partition.WriteBatch([new Named(1, "a\nb")]);
            position = partition.Snapshot();
            partition.WriteBatch([new Named(2, null)]);
        }

        using (var partition = sink.BuildPartition("out", key, position))
        {
            partition.WriteBatch([new Named(3, "é")]);
        }

        Assert.Equal(["""{"id":1,"name":"a\nb"}""", """{"id":3,"name":"\u00E9"}"""], File.ReadAllLines(_folder["a"]));
    }

    [Fact]
    public void K3_an_item_that_cannot_be_written_is_named_and_nothing_of_its_batch_is_written()
    {
        var sink = new JsonLinesSink<Named>(_folder["a"], NamedJson.Default.Named);
        using var partition = sink.BuildPartition("out", sink.ListPartitions()[0], ResumeState<FilePosition>.None);
        var failed = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([new Named(1, null), new Named(2, "\uD800", double.NaN)]));
        Assert.Equal(1, Assert.Single(failed.Failed).Index);
        Assert.Equal(0, new FileInfo(_folder["a"]).Length);
    }

    [Fact]
    public void A_context_that_writes_indented_is_refused() => Assert.Equal(
        "type", Assert.Throws<ArgumentException>(() => new JsonLinesSink<Named>("a", IndentedJson.Default.Named)).ParamName);
}

internal sealed record Named(int Id, string? Name, double? Weight = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Named))]
internal sealed partial class NamedJson : JsonSerializerContext;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Named))]
internal sealed partial class IndentedJson : JsonSerializerContext;
