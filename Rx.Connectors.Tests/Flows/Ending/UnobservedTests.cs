using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>However a run ends, it leaves no task behind that has failed for nobody.</summary>
[Collection(nameof(UnobservedTests))]
[CollectionDefinition(nameof(UnobservedTests), DisableParallelization = true)]
[Trait("speed", "slow")]
public sealed class UnobservedTests
{
    public static TheoryData<string> Ways => ["abort", "stop", "cancelled", "fails", "list fails", "open fails", "close fails", "late write", "epoch", "restarts"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_task_fails_unobserved(string way)
    {
        var seen = new List<Exception>();
        void See(object? sender, UnobservedTaskExceptionEventArgs unobserved)
        {
            lock (seen)
            {
                // What other tests have left for the collector may come up only now.
                var text = unobserved.Exception.ToString();
                if (text.Contains("Rx.Connectors.", StringComparison.Ordinal) &&
                    (text.Contains("Flow 'f'", StringComparison.Ordinal) || !text.Contains("Flow '", StringComparison.Ordinal)))
                {
                    seen.Add(unobserved.Exception);
                }
            }
        }

        await CollectAsync();
        TaskScheduler.UnobservedTaskException += See;
        try
        {
            for (var i = 0; i < 50; i++)
            {
                await RunAsync(way);
            }

            await CollectAsync();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= See;
        }

        Assert.Empty(seen);
    }

    private static async Task CollectAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static async Task RunAsync(string way)
    {
        using var stop = new CancellationTokenSource();
        var source = new HostileSource(way);
        var flow = new Dataflow("f");
        flow.Input("in", source, way == "restarts" ? new RestartOptions() : null).Output("out", Bridge.To<int>(async (_, _) =>
        {
            if (way == "late write")
            {
                await Task.Delay(30, CancellationToken.None);
                throw new IOException("late");
            }
        }).ToSink(new WriteOptions { Timeout = TimeSpan.FromMilliseconds(5) }));
        if (way == "cancelled")
        {
            await stop.CancelAsync();
        }

        var run = flow.Start(
            new FlowOptions
            {
                CloseTimeout = TimeSpan.FromMilliseconds(10),
                Recovery = way == "open fails" ? new RecoveryOptions { Store = new TestingRecoveryStore().FailOpen(1, new IOException("open")) } : null,
            },
            stop.Token);
        if (way is "stop")
        {
            run.Stop();
        }
        else if (way is "abort" or "epoch" or "close fails" or "restarts")
        {
            if (way == "epoch")
            {
                _ = run.CloseEpochAsync();
            }

            run.Abort();
        }

        try
        {
            await run.Completion.WaitAsync(Times.Patience);
        }
        catch (FlowException)
        {
            // It is told here.
        }
    }

    private sealed class HostileSource(string way) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => way == "list fails" ? throw new IOException("list") : ["p"];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) =>
            new Partition(way);

        private sealed class Partition(string way) : StatefulSourcePartition<int, int>
        {
            private int _next;

            public override IReadOnlyList<int>? NextBatch() => way is "fails" or "restarts" ? throw new IOException("poll") : [_next++];

            public override ResumeState<int> Snapshot() => _next;

            public override ValueTask DisposeAsync() => way == "close fails" ? throw new IOException("close") : ValueTask.CompletedTask;
        }
    }
}
