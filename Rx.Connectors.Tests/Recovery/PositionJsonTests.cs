using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

internal sealed record Place(string Topic, long Offset, Guid? Session, ResumeState<int> Inner);

[JsonSerializable(typeof(Place))]
[JsonSerializable(typeof(int))]
internal sealed partial class Places : JsonSerializerContext;

internal sealed record Twice([property: JsonPropertyName("a")] int First, [property: JsonPropertyName("a")] int Second);

/// <summary>Positions as JSON, there and back, and those that cannot go there.</summary>
public sealed class PositionJsonTests
{
    [Fact]
    public void Positions_of_all_kinds_are_read_back_as_they_were()
    {
        Gen.Long.Sample(RoundTrip);
        Gen.Int.Sample(RoundTrip);
        Gen.ULong.Sample(RoundTrip);
        Gen.Bool.Sample(RoundTrip);
        Gen.Decimal.Sample(RoundTrip);
        Gen.String.Where(text => IsWhole(text)).Sample(RoundTrip);
        Gen.Guid.Sample(RoundTrip);
        Gen.DateTimeOffset.Sample(RoundTrip);
        Gen.DateTime.Sample(RoundTrip);
        RoundTrip<string?>(null);
        RoundTrip("");
        RoundTrip(double.MaxValue);
        RoundTrip(new Place("t", 7, Guid.NewGuid(), 5));
        RoundTrip(new Place("t", 7, null, ResumeState<int>.None));
        RoundTrip((long?)null);
        RoundTrip(new ResumeState<long>(7));
        RoundTrip(ResumeState<long>.None);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("""{"$resume":[42],"input":1,"parts":3}""")]
    [InlineData("""{"$resume":[],"input":2,"parts":1}""")]
    [InlineData("""{"$resume":[42],"memory":[10,{"Topic":"t"}]}""")]
    [InlineData("""{"$resume":[42],"input":1,"parts":3,"memory":["a"]}""")]
    [InlineData("""{"$resume":[]}""")]
    public void A_state_is_the_plain_position_and_more_only_where_more_is_known(string text)
    {
        var options = new PositionJson(null).Options;
        var state = ResumeStateConverter<long>.FromText(text, options);
        Assert.Equal(text, ResumeStateConverter<long>.ToText(state, options));
        Assert.Equal(text, JsonSerializer.Serialize(state));
        Assert.Equal(state, JsonSerializer.Deserialize<ResumeState<long>>(text));
        Assert.Equal(text.Contains("42", StringComparison.Ordinal), state.HasValue);
    }

    [Theory]
    [InlineData("""{"Position":[5],"Inputs":0,"Parts":0}""")]
    [InlineData("""{"$resume":[42],"inputs":1}""")]
    [InlineData("""{"$resume":42}""")]
    [InlineData("""{"$resume":[42,43]}""")]
    [InlineData("""{"$resume":[42]} 1""")]
    [InlineData("""{"$resume":[42]""")]
    [InlineData("[42]")]
    [InlineData("")]
    public void A_state_of_another_form_is_refused(string text) =>
        Assert.ThrowsAny<JsonException>(() => ResumeStateConverter<long>.FromText(text, new PositionJson(null).Options));

    [Fact]
    public void A_position_that_looks_like_more_is_read_back_as_itself()
    {
        var options = new PositionJson(null).Options;
        var position = new LooksLikeMore([1, 2]);
        var text = ResumeStateConverter<LooksLikeMore>.ToText(position, options);
        Assert.Equal("""{"$resume":[{"$resume":[1,2]}]}""", text);
        Assert.Equal([1, 2], ResumeStateConverter<LooksLikeMore>.FromText(text, options).Value.Places);
    }

    [Fact]
    public void Tuples_and_fields_are_read_back_too()
    {
        RoundTrip(("topic", 7L));
        RoundTrip(new OnlyFields { Offset = 7 });
    }

    [Fact]
    public void A_text_with_other_members_is_not_read_as_a_beginning()
    {
        var json = new PositionJson(null);
        Assert.Throws<JsonException>(() => json.Read<OnlyFields>("""{"Sequence":7}"""));
        Assert.Throws<JsonException>(() => json.Read<Place>("""{"Topic":"t"}"""));
    }

    [Fact]
    public void A_position_that_does_not_come_back_is_refused_when_it_is_first_written()
    {
        var json = new PositionJson(null);
        var error = Assert.Throws<NotSupportedException>(() => json.WriteChecked(new NotSettable(7)));
        Assert.Contains("does not come back from the JSON", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has no public members", json.FindFault<NoMembers>(), StringComparison.Ordinal);
    }

    private struct OnlyFields
    {
        public long Offset;
    }

    private sealed record LooksLikeMore([property: JsonPropertyName("$resume")] int[] Places);

    private sealed class NotSettable
    {
        public NotSettable()
        {
        }

        public NotSettable(long offset) => Offset = offset;

        public long Offset { get; }
    }

    private sealed class NoMembers;

    [Fact]
    public void A_source_generated_context_serves_options_without_reflection()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = Places.Default };
        var json = new PositionJson(options);
        var place = new Place("t", 7, null, 3);
        Assert.Equal(place, json.Read<Place>(json.Write(place)));
        Assert.Equal(9L, json.Read<long>(json.Write(9L)));
        // Given options are read, not taken over.
        Assert.False(options.IsReadOnly);
    }

    [Fact]
    public void Options_that_are_in_use_already_and_indent_are_copied()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        Assert.Equal("""{"topic":"t","offset":7,"session":null,"inner":3}""".Length, new PositionJson(options).Write(new Place("t", 7, null, 3)).Length);
        Assert.DoesNotContain('\n', new PositionJson(options).Write(new Place("t", 7, null, 3)));
    }

    [Fact]
    public void A_type_that_cannot_be_serialised_is_refused_before_anything_is_started()
    {
        var rig = new Rig(("a", 1));
        var flow = new Dataflow("rig");
        flow.Input("in", new Typed<Twice>(new Twice(1, 2))).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
        Assert.Equal("in", error.Step);
        Assert.StartsWith(
            $"Flow 'rig', step 'in': positions of type Twice cannot be serialised; give RecoveryOptions.Serializer a TypeInfoResolver",
            error.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_null_position_is_stored_and_resumes_as_one(bool isText)
    {
        Assert.True(isText ? Resume(new Typed<string?>(null)) : Resume(new Typed<long?>(null)));

        static bool Resume<TPosition>(Typed<TPosition> source)
        {
            var rig = new Rig();
            for (var i = 0; i < 2; i++)
            {
                var flow = new Dataflow("rig");
                flow.Input("in", source).Output("out", rig.Sink, item => item);
                var run = rig.Start(flow);
                rig.Clock.Start();
                Assert.True(run.Completion.IsCompletedSuccessfully);
                Assert.Equal("null", rig.Store!["in", "x"]);
            }

            Assert.Equal([false, true], source.Resumed);
            return true;
        }
    }

    private static bool IsWhole(string text) =>
        new System.Text.UTF8Encoding(false, false).GetString(new System.Text.UTF8Encoding(false, false).GetBytes(text)) == text;

    private static void RoundTrip<T>(T position)
    {
        var json = new PositionJson(null);
        Assert.Null(json.FindFault<T>());
        Assert.Equal(position, json.Read<T>(json.Write(position)));
    }

    private sealed class Typed<TPosition>(TPosition position) : FixedPartitionedSource<string, TPosition>
    {
        public List<bool> Resumed { get; } = [];

        public override IReadOnlyList<string> ListPartitions() => ["x"];

        public override StatefulSourcePartition<string, TPosition> BuildPartition(
            string stepId, string partition, ResumeState<TPosition> resumeState)
        {
            Resumed.Add(resumeState.HasValue);
            return new Partition(position);
        }

        private sealed class Partition(TPosition position) : StatefulSourcePartition<string, TPosition>
        {
            public override IReadOnlyList<string>? NextBatch() => null;

            public override ResumeState<TPosition> Snapshot() => new(position);
        }
    }
}
