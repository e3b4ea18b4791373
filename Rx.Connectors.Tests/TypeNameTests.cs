using Rx.Connectors.Bridging;
using Rx.Connectors.Recovery;
using Xunit;

namespace Rx.Connectors.Tests;

/// <summary>Types stand in messages as C# writes them.</summary>
public sealed class TypeNameTests
{
    public static TheoryData<string, Type> Names => new()
    {
        { "int", typeof(int) },
        { "int?", typeof(int?) },
        { "string", typeof(string) },
        { "DateTimeOffset", typeof(DateTimeOffset) },
        { "List<int>", typeof(List<int>) },
        { "Dictionary<string, List<int?>>", typeof(Dictionary<string, List<int?>>) },
        { "int[]", typeof(int[]) },
        { "int[][,]", typeof(int[][,]) },
        { "List<string>[]", typeof(List<string>[]) },
        { "(int, string)", typeof((int Number, string Name)) },
        { "(int, int, int, int, int, int, int, long, string)", typeof((int, int, int, int, int, int, int, long, string)) },
        { "(int, string)?", typeof((int, string)?) },
        { "TypeNameTests.Outer<int>.Inner<string>", typeof(Outer<int>.Inner<string>) },
        { "TypeNameTests.Outer<byte>.Plain", typeof(Outer<byte>.Plain) },
        { "List<T>", typeof(List<>) },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_type_is_named_as_in_C_sharp(string expected, Type type) => Assert.Equal(expected, TypeName.Of(type));

    [Fact]
    public void A_position_that_cannot_be_stored_is_named_so()
    {
        Assert.StartsWith("positions of type TypeNameTests.Outer<int>.Inner<string> cannot", new PositionJson(null).FindFault<Outer<int>.Inner<string>>(), StringComparison.Ordinal);
        Assert.StartsWith(
            "A position of type TypeNameTests.Outer<int>.Plain does not",
            Assert.Throws<NotSupportedException>(() => new PositionJson(null).WriteChecked(new Outer<int>.Plain(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_disposed_is_named_so()
    {
        var source = Bridge.From(System.Reactive.Linq.Observable.Return(1)).ToPartition();
        source.Dispose();
        Assert.Equal("SourcePartition<int>", Assert.Throws<ObjectDisposedException>(() => source.NextBatch()).ObjectName);
        var sink = Bridge.To<int>((_, _) => Task.CompletedTask).ToPartition();
        sink.Dispose();
        Assert.Equal("SinkPartition<int>", Assert.Throws<ObjectDisposedException>(() => sink.WriteBatch([1])).ObjectName);
    }

    internal static class Outer<T>
    {
        internal sealed class Inner<TInner>;

        internal sealed class Plain(int value)
        {
            public int Value { get; } = value;

            public int Twice { get; } = Random.Shared.Next();
        }
    }
}
