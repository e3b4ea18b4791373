using System.Collections.Concurrent;
using Rx.Connectors.Bridging;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule K6 while the pool has no thread to spare. Alone, since the pool is every test's.</summary>
[Collection(Alone.Name)]
[Trait("speed", "slow")]
public sealed class StarvedPoolTests
{
    [Fact]
    public async Task K6_with_a_starved_thread_pool()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        using var release = new ManualResetEventSlim();
        using var entered = new SemaphoreSlim(0);
        var starving = Enumerable.Range(0, workers * 20).Select(_ => Task.Run(() =>
        {
            entered.Release();
            release.Wait();
        })).ToArray();
        var threads = new ConcurrentBag<int>();
        var thread = 0;
        Exception? failure = null;
        try
        {
            for (var i = 0; i < workers; i++)
            {
                Assert.True(entered.Wait(Times.Patience, TestContext.Current.CancellationToken), "The pool is starved by others.");
            }

            // Joined, not awaited: what would end an await is itself work for the pool that this test has filled.
            var writing = new Thread(() => failure = Record.Exception(() =>
            {
                thread = Environment.CurrentManagedThreadId;
                using var partition = Bridge.To<int>(async (_, _) =>
                {
                    for (var i = 0; i < 10; i++)
                    {
                        await Task.Yield();
                        threads.Add(Environment.CurrentManagedThreadId);
                    }
                }).ToPartition();
                partition.WriteBatch([1, 2, 3]);
            }));
            writing.Start();
            Assert.True(writing.Join(Times.Patience), "WriteBatch has not returned");
            Assert.Null(failure);
        }
        finally
        {
            release.Set();
        }

        // It did not merely get a thread in the end: it never needed one.
        Assert.Equal([thread], threads.Distinct());
        await Task.WhenAll(starving);
    }
}
