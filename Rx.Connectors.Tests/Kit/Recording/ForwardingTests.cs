using System.Reflection;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Recordings;

/// <summary>A wrapper that forgets a member silently changes what it wraps, also one that is added to a contract later.</summary>
public sealed class ForwardingTests
{
    [Theory]
    [InlineData(typeof(WatchedSource<,>))]
    [InlineData(typeof(WatchedDynamicSource<>))]
    [InlineData(typeof(WatchedSourcePartition<,>))]
    [InlineData(typeof(WatchedStatelessSourcePartition<>))]
    [InlineData(typeof(WatchedSink<,>))]
    [InlineData(typeof(WatchedDynamicSink<>))]
    [InlineData(typeof(WatchedSinkPartition<,>))]
    [InlineData(typeof(WatchedStatelessSinkPartition<>))]
    public void Watch_passes_on_every_member_that_can_be_overridden(Type wrapper) => Assert.Empty(Missing(wrapper));

    [Fact]
    public void A_member_that_is_not_passed_on_is_seen() => Assert.Equal(
        ["DisposeAsync", "OnCommitted", "Start", "get_Available", "get_NextAwake", "get_Status"], Missing(typeof(Forgetful)));

    [Fact]
    public void Every_contract_that_a_flow_takes_can_be_watched() => Assert.Equal(
        [
            typeof(DynamicSink<>).Name, typeof(DynamicSource<>).Name, typeof(FixedPartitionedSink<,>).Name,
            typeof(FixedPartitionedSource<,>).Name, typeof(IAsyncEnumerable<>).Name, typeof(IObservable<>).Name,
            typeof(IRecoveryStore).Name, typeof(StatefulSourcePartition<,>).Name, typeof(StatelessSourcePartition<>).Name,
        ],
        typeof(Recording).GetMethods().Where(method => method.Name == "Watch")
            .Select(method => method.GetParameters()[0].ParameterType.Name).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Missing(Type wrapper)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return wrapper.GetMethods(All)
            .Where(method => method.IsVirtual && !method.IsFinal && method.DeclaringType != typeof(object))
            .Where(method => method.GetBaseDefinition().DeclaringType != typeof(object) && method.DeclaringType != wrapper)
            .Where(method => !method.IsPrivate)
            .Select(method => method.Name).Where(name => name != "Dispose" || wrapper != typeof(Forgetful))
            .Order(StringComparer.Ordinal);
    }

    private sealed class Forgetful : StatefulSourcePartition<int, int>
    {
        public override IReadOnlyList<int>? NextBatch() => null;

        public override ResumeState<int> Snapshot() => 0;
    }
}
