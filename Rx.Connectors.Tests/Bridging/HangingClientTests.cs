using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S10 where a receive takes no token: the stop is prompt, and a client is closed whose form has a close.</summary>
public sealed class HangingClientTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];

    [Fact]
    public void S10_a_stop_does_not_wait_for_a_receive_that_takes_no_token()
    {
        var result = Stop(Bridge.From(Receives(new Client(this))).ToSource());
        Assert.Equal(["feed/0"], result.NotClosed);
        Assert.Equal(TimeSpan.FromSeconds(2), TimeSpan.FromTicks(_clock.Clock));
    }

    [Fact]
    public void S10_a_client_that_closes_inside_its_iterator_is_waited_for_as_long_as_asked()
    {
        var source = Bridge.From(ClosesSlowly(TimeSpan.FromSeconds(3))).ToSource(
            new BridgeOptions { StopTimeout = TimeSpan.FromSeconds(5) });
        Assert.Empty(Stop(source).NotClosed);
        Assert.Equal(TimeSpan.FromSeconds(4), TimeSpan.FromTicks(_clock.Clock));
        Assert.Equal(["closed"], _log);
    }

    [Fact]
    public void S10_a_client_that_was_left_to_itself_is_closed_when_its_receive_ends()
    {
        var client = new Client(this);
        var partition = Bridge.From(Receives(client)).ToPartition();
        partition.Start(_clock);
        _clock.AdvanceBy(1);
        var closed = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.Contains(nameof(Bridge.Receive), Assert.IsType<TimeoutException>(closed.Exception!.InnerException).Message, StringComparison.Ordinal);
        client.Pending.SetResult(1);
        Assert.Equal(["iterator disposed"], _log);
    }

    [Fact]
    public void S10_Receive_closes_a_client_whose_receive_takes_no_token_at_once()
    {
        var stream = Bridge.Receive(_ => Task.FromResult(new Client(this)), (client, _) => client.ReceiveAsync(), client => client.CloseAsync());
        Assert.Empty(Stop(Bridge.From(stream).ToSource()).NotClosed);
        Assert.Equal(["closed"], _log);
        Assert.Equal(TimeSpan.FromSeconds(1), TimeSpan.FromTicks(_clock.Clock));
    }

    [Fact]
    public void S10_Receive_disposes_a_client_that_can_be_disposed()
    {
        Stop(Bridge.From(Bridge.Receive(_ => Task.FromResult(new Client(this)), (client, _) => client.ReceiveAsync())).ToSource());
        Assert.Equal(["disposed"], _log);
    }

    [Fact]
    public void S10_Receive_closes_a_client_that_opens_after_the_stop()
    {
        var opening = new TaskCompletionSource<Client>();
        var stream = Bridge.Receive(_ => opening.Task, (client, _) => client.ReceiveAsync(), client => client.CloseAsync());
        Assert.Empty(Stop(Bridge.From(stream).ToSource()).NotClosed);
        Assert.Equal([], _log);
        opening.SetResult(new Client(this));
        Assert.Equal(["closed"], _log);
    }

    [Fact]
    public void S5_S10_Receive_carries_positions_and_opens_one_client_for_each_partition()
    {
        var opened = 0;
        var next = 0;
        var stream = Bridge.Receive(
            _ => Task.FromResult(++opened), (_, _) => next < 5 ? Task.FromResult(++next) : new TaskCompletionSource<int>().Task);
        var bridge = Bridge.From(stream, i => i);
        using var partition = bridge.ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        Assert.Equal(0, opened);
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([1, 2, 3, 4, 5], partition.NextBatch());
        Assert.Equal(5, partition.Snapshot().GetValueOrDefault(0));
        using var other = bridge.ToPartition(5);
        other.Start(_clock);
        _clock.Start();
        Assert.Equal(2, opened);
    }

    [Theory]
    [InlineData("open", "in open")]
    [InlineData("open at once", "in open")]
    [InlineData("receive", "in receive")]
    [InlineData("receive at once", "in receive")]
    [InlineData("null", "The receive of Receive returned null instead of a task.")]
    public void S3_what_fails_in_Receive_is_the_sources_error_and_closes_the_client(string where, string message)
    {
        var stream = Bridge.Receive<Client, int>(
            _ => where switch
            {
                "open" => Task.FromException<Client>(new IOException("in open")),
                "open at once" => throw new IOException("in open"),
                _ => Task.FromResult(new Client(this)),
            },
            (_, _) => where switch
            {
                "receive" => Task.FromException<int>(new IOException("in receive")),
                "null" => null!,
                _ => throw new IOException("in receive"),
            },
            client => client.CloseAsync());
        using var partition = Bridge.From(stream).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(message, Assert.ThrowsAny<Exception>(partition.NextBatch).Message);
        Assert.Equal(where.StartsWith("open", StringComparison.Ordinal) ? [] : ["closed"], _log);
    }

    [Fact]
    public void S9_what_a_receive_fails_with_after_the_stop_is_nobodys()
    {
        var unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, args) =>
            unobserved += args.Exception.InnerException?.Message == "late, of " + nameof(HangingClientTests) ? 1 : 0;
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            FailLate();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }

        Assert.Equal(0, unobserved);
    }

    [Theory]
    [InlineData("GetAsyncEnumerator")]
    [InlineData("MoveNextAsync")]
    public async Task S10_a_client_that_blocks_its_thread_is_left_to_itself(string where)
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var flow = new Dataflow("blocked");
        flow.Input("feed", Bridge.From(new BlockingStream(where, entered, release)).ToSource(
            new BridgeOptions { StopTimeout = TimeSpan.FromMilliseconds(1) })).Output("out", Ignore());
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromHours(1) });
        Assert.True(entered.Wait(Times.Patience, TestContext.Current.CancellationToken));
        run.Stop();
        Assert.Equal(["feed/0"], (await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).NotClosed);
        release.Set();
    }

    internal static DynamicSinkOfInt Ignore() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailLate()
    {
        foreach (var withClose in new[] { true, false })
        {
            var client = new Client(this);
            var stream = withClose ? Bridge.Receive(_ => Task.FromResult(client), (one, _) => one.ReceiveAsync()) : Receives(client);
            var partition = Bridge.From(stream).ToPartition();
            partition.Start(_clock);
            _clock.AdvanceBy(1);
            partition.Dispose();
            _clock.Start();
            client.Pending.SetException(new IOException("late, of " + nameof(HangingClientTests)));
        }
    }

    /// <summary>Stops a flow after a second.</summary>
    private FlowResult Stop(DynamicSource<int> source)
    {
        var flow = new Dataflow("stopped");
        flow.Input("feed", source).Output("out", Ignore());
        var run = flow.Start(new FlowOptions { Scheduler = _clock, CloseTimeout = TimeSpan.FromHours(1) });
        _clock.At(TimeSpan.FromSeconds(1).Ticks, run.Stop);
        return _clock.RunToEnd(run);
    }

    private async IAsyncEnumerable<int> Receives(Client client)
    {
        try
        {
            while (true)
            {
                yield return await client.ReceiveAsync();
            }
        }
        finally
        {
            _log.Add("iterator disposed");
        }
    }

    private async IAsyncEnumerable<int> ClosesSlowly(TimeSpan time, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            var cancelled = new TaskCompletionSource();
            using var registration = cancellation.Register(cancelled.SetCanceled);
            await cancelled.Task;
            yield return 1;
        }
        finally
        {
            await Task.Delay(time, _clock.TimeProvider, CancellationToken.None);
            _log.Add("closed");
        }
    }

    internal sealed class DynamicSinkOfInt : Rx.Connectors.Sinks.DynamicSink<int>
    {
        public override Rx.Connectors.Sinks.StatelessSinkPartition<int> Build(string stepId, int workerIndex, int workerCount) =>
            Bridge.To<int>((_, _) => Task.CompletedTask).ToPartition();
    }

    private sealed class Client(HangingClientTests test) : IDisposable
    {
        public TaskCompletionSource<int> Pending { get; } = new();

        public Task<int> ReceiveAsync() => Pending.Task;

        public Task CloseAsync()
        {
            test._log.Add("closed");
            return Task.CompletedTask;
        }

        public void Dispose() => test._log.Add("disposed");
    }

    private sealed class BlockingStream(string where, ManualResetEventSlim entered, ManualResetEventSlim release)
        : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            Block("GetAsyncEnumerator");
            return this;
        }

        public ValueTask<bool> MoveNextAsync()
        {
            Block("MoveNextAsync");
            return ValueTask.FromResult(false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Block(string here)
        {
            if (here == where)
            {
                entered.Set();
                Assert.True(release.Wait(Times.Patience));
            }
        }
    }
}
