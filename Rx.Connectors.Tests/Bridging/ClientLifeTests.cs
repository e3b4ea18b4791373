using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Clients that a bridge opens, and closes whatever happens: connect, receive, send and close, none of which takes a token.</summary>
public sealed class ClientLifeTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly List<string> _log = [];
    private int _opened;

    [Fact]
    public void S10_a_receive_that_takes_no_token_does_not_hold_up_the_stop_and_the_client_is_closed()
    {
        var run = Flow(Bridge.From(OpenAsync, (client, _) => client.ReceiveAsync(), client => client.CloseAsync())
            .ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero })).Start(Options());
        _clock.At(35_000_000, run.Stop);
        var result = _clock.RunToEnd(run);
        Assert.Equal(FlowOutcome.Stopped, result.Outcome);
        Assert.Empty(result.NotClosed);
        Assert.Equal(["open 1", "0", "1", "2", "close 1"], _log);
        Assert.True(_clock.Clock < 36_000_000);
    }

    [Fact]
    public void S5_a_restart_opens_another_at_the_position_and_closes_the_first()
    {
        var failed = false;
        var source = Bridge.From(
            (ResumeState<int> resume, CancellationToken _) => OpenAsync(resume.GetValueOrDefault(0)),
            async (client, _) => await client.ReceiveAsync() is var item && item == 3 && !failed ? throw Failed() : item,
            item => item + 1,
            client => client.CloseAsync()).Query(all => Observable.TakeWhile(all, item => item.Value < 5)).ToSource("all");
        var flow = new Dataflow("f");
        flow.Input("in", source, new RestartOptions()).Output("log", Bridge.To<int>((item, _) => Log($"{item}")).ToSink());
        Assert.Equal(FlowOutcome.Completed, _clock.RunToEnd(flow.Start(Options())).Outcome);
        Assert.Equal(["open 1", "0", "1", "2", "close 1", "open 2", "3", "4", "close 2"], _log);

        IOException Failed()
        {
            failed = true;
            return new IOException();
        }
    }

    [Fact]
    public void K1_a_client_is_opened_when_the_partition_starts_one_for_each_worker_and_closed_after_the_last_write()
    {
        var flow = new Dataflow("f");
        flow.Input("in", new TestingSource<string>(["a", "b"])).Output("out", Sink().ToSink());
        Assert.Equal(FlowOutcome.Completed, _clock.RunToEnd(flow.Start(Options(workers: 2))).Outcome);
        Assert.Equal(["close 1", "close 2", "open 1", "open 2", "sent a", "sent b"], _log.Order());
        Assert.True(_log.IndexOf("sent b") < _log.IndexOf("close 1"));
    }

    [Fact]
    public void K5_a_retry_opens_another_client_when_the_one_that_failed_is_closed()
    {
        using var partition = Started(new WriteOptions { MaxRetryAttempts = 1 }, failOn: "b", failsOnClient: 1);
        partition.WriteBatch(["a", "b", "c"]);
        Assert.Equal(["open 1", "sent a", "close 1", "open 2", "sent b", "sent c"], _log);
        partition.Dispose();
        Assert.Equal("close 2", _log[^1]);
    }

    [Fact]
    public void K3_a_client_that_cannot_be_opened_is_the_failure_of_the_write_and_is_opened_anew_by_the_next()
    {
        var refuses = true;
        using var partition = Bridge.To(
            _ => refuses ? Task.FromException<Client>(new IOException("refused")) : OpenAsync(CancellationToken.None),
            (Client client, string text, CancellationToken _) => client.SendAsync(text),
            client => client.CloseAsync()).ToPartition();
        partition.Start(_clock);
        var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch(["a"]));
        Assert.Equal("refused", error.InnerException!.Message);
        refuses = false;
        partition.WriteBatch(["a"]);
        Assert.Equal(["open 1", "sent a"], _log);
    }

    [Fact]
    public void K4_a_send_that_hangs_is_ended_by_closing_its_client()
    {
        var partition = Started(new WriteOptions { Timeout = TimeSpan.FromSeconds(2) }, hangsOn: "b");
        var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch(["a", "b"]));
        Assert.IsType<TimeoutException>(error.InnerException);
        var closing = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.True(closing.IsCompletedSuccessfully);
        Assert.Equal(["open 1", "sent a", "close 1"], _log);
    }

    [Fact]
    public void S10_a_client_that_opens_after_the_partition_was_closed_is_closed()
    {
        var opening = new TaskCompletionSource<Client>();
        var partition = Bridge.To(
            _ => opening.Task, (Client client, string text, CancellationToken _) => client.SendAsync(text), client => client.CloseAsync()).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        var closing = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.True(closing.IsCompletedSuccessfully);
        opening.SetResult(new Client(this, 1, 0, null, null));
        Assert.Equal(["close 1"], _log);
    }

    [Fact]
    public void Batches_are_written_to_an_opened_client_too()
    {
        using var partition = Bridge.ToBatches(
            OpenAsync, (Client client, IReadOnlyList<string> all, CancellationToken _) => client.SendAsync(string.Concat(all))).ToPartition();
        partition.Start(_clock);
        partition.WriteBatch(["a", "b"]);
        partition.Dispose();
        Assert.Equal(["open 1", "sent ab", "disposed 1"], _log);
    }

    private Task Log(string line)
    {
        _log.Add(line);
        return Task.CompletedTask;
    }

    private Task<Client> OpenAsync(CancellationToken cancellation) => OpenAsync(0);

    private async Task<Client> OpenAsync(int from, string? failsOn = null, int failsOnClient = 0, string? hangsOn = null)
    {
        await _clock.ToTask(TimeSpan.FromMilliseconds(10));
        await Log($"open {++_opened}");
        return new Client(this, _opened, from, _opened == failsOnClient ? failsOn : null, hangsOn);
    }

    private SinkBridge<string> Sink(string? failsOn = null, int failsOnClient = 0, string? hangsOn = null) => Bridge.To(
        _ => OpenAsync(0, failsOn, failsOnClient, hangsOn), (Client client, string text, CancellationToken _) => client.SendAsync(text),
        client => client.CloseAsync());

    private StatelessSinkPartition<string> Started(WriteOptions options, string? failOn = null, int failsOnClient = 0, string? hangsOn = null)
    {
        var partition = Sink(failOn, failsOnClient, hangsOn).ToPartition(options);
        partition.Start(_clock);
        return partition;
    }

    private Dataflow Flow(DynamicSource<int> source)
    {
        var flow = new Dataflow("f");
        flow.Input("in", source).Output("log", Bridge.To<int>((item, _) => Log($"{item}")).ToSink());
        return flow;
    }

    private FlowOptions Options(int workers = 1) => new() { Scheduler = _clock, Workers = workers };

    /// <summary>As the one of a message service.</summary>
    private sealed class Client(ClientLifeTests test, int number, int next, string? failsOn, string? hangsOn) : IDisposable
    {
        private readonly TaskCompletionSource _hangs = new();

        public async Task<int> ReceiveAsync()
        {
            await test._clock.ToTask(TimeSpan.FromSeconds(1));
            return next++;
        }

        public Task SendAsync(string text) =>
            text == failsOn ? Task.FromException(new IOException())
            : text == hangsOn ? _hangs.Task
            : test.Log($"sent {text}");

        public Task CloseAsync()
        {
            _hangs.TrySetException(new ObjectDisposedException("client"));
            return test.Log($"close {number}");
        }

        public void Dispose() => test.Log($"disposed {number}");
    }
}

internal static class ClockTasks
{
    /// <summary>Ends after a time of the clock.</summary>
    public static Task ToTask(this IScheduler clock, TimeSpan time)
    {
        var ended = new TaskCompletionSource();
        clock.Schedule(time, ended.SetResult);
        return ended.Task;
    }
}
