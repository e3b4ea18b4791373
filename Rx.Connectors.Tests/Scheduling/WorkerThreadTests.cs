using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class WorkerThreadTests : IDisposable
{
    private readonly WorkerThread _thread = new("a worker");

    public void Dispose() => _thread.Dispose();

    [Fact]
    public async Task It_runs_everything_on_one_thread_of_its_name_in_order()
    {
        var ran = new List<(int Number, string? Thread)>();
        for (var i = 0; i < 100; i++)
        {
            _thread.Schedule(i, (_, number) => Add(number));
        }

        await RanAsync();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (i, (string?)"a worker")), ran);

        IDisposable Add(int number)
        {
            ran.Add((number, Thread.CurrentThread.Name));
            return Disposable.Empty;
        }
    }

    [Fact]
    public async Task What_is_due_later_comes_and_not_before_its_time()
    {
        var elapsed = new ElapsedTime(_thread);
        var began = elapsed.Now;
        var ran = new List<(int After, TimeSpan Came)>();
        var over = new TaskCompletionSource();
        foreach (var after in new[] { 30, 10, 20, 10 })
        {
            _thread.Schedule(TimeSpan.FromMilliseconds(after), () =>
            {
                ran.Add((after, elapsed.Since(began)));
                if (ran.Count == 4)
                {
                    over.SetResult();
                }
            });
        }

        await over.Task.WaitAsync(Times.Patience);
        Assert.Equal([10, 10, 20, 30], ran.Select(one => one.After).Order());
        Assert.All(ran, one => Assert.True(one.Came >= TimeSpan.FromMilliseconds(one.After)));
    }

    [Fact]
    public async Task What_is_cancelled_does_not_run()
    {
        var ran = false;
        using var cancelled = new ManualResetEventSlim();
        _thread.Schedule(() => _ = cancelled.Wait(Times.Patience));
        _thread.Schedule(() => ran = true).Dispose();
        _thread.Schedule(TimeSpan.FromMilliseconds(1), () => ran = true).Dispose();
        cancelled.Set();
        var over = new TaskCompletionSource();
        _thread.Schedule(TimeSpan.FromMilliseconds(5), over.SetResult);
        await over.Task.WaitAsync(Times.Patience);
        Assert.False(ran);
    }

    [Fact]
    public async Task An_action_that_is_due_now_does_not_wait_for_one_that_is_due_in_a_hundred_years()
    {
        using var later = _thread.Schedule(TimeSpan.FromDays(36_500), static () => { });
        await RanAsync();
    }

    [Fact]
    public async Task Once_disposed_by_its_own_thread_it_runs_nothing_more_and_refuses_nothing()
    {
        var ran = 0;
        Thread? thread = null;
        _thread.Schedule(() =>
        {
            thread = Thread.CurrentThread;
            _thread.Schedule(() => ran++);
            _thread.Dispose();
        });
        await RealPolls.Until(() => thread is { IsAlive: false });
        _thread.Schedule(() => ran++);
        _thread.Schedule(DateTimeOffset.MaxValue, () => ran++).Dispose();
        Assert.Equal(0, ran);
    }

    private async Task RanAsync()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Schedule(ran.SetResult);
        await ran.Task.WaitAsync(Times.Patience);
    }
}
