using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

public sealed class BridgeFirstTests
{
    [Fact]
    public void Async_stream_is_polled_in_batches_in_virtual_time()
    {
        var scheduler = new WaitingTestScheduler();
        using var partition = Bridge.From(Enumerable.Range(0, 250).ToAsyncEnumerable(), i => i + 1)
            .Query(q => q.Where(i => i % 2 == 0).Select(i => i * 10))
            .ToPartition(ResumeState<QueryPosition<int>>.None, new BridgeOptions { MaxCount = 100 });
        partition.Start(scheduler);
        Assert.Empty(partition.NextBatch()!);
        scheduler.AdvanceBy(10);
        Assert.Equal(100, partition.NextBatch()!.Count);
        Assert.Equal(new QueryPosition<int>(199, 0, 0), partition.Snapshot().Value);
        Assert.Equal(25, partition.NextBatch()!.Count);
        Assert.Null(partition.NextBatch());
        Assert.Equal(new QueryPosition<int>(250, 0, 0), partition.Snapshot().Value);
    }
}
