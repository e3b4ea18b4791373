#pragma warning disable IDE0065 // The reader of the tutorial has no namespace, and the usings are part of what it shows.
namespace Rx.Connectors.Tests.Docs;

// snippet: tutorial-test
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Xunit;

public sealed class AlertsTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly InMemoryRecoveryStore _store = new();
    private readonly TestingSink<string> _sent = new();

    [Fact]
    public void A_flow_that_was_stopped_goes_on_where_it_was()
    {
        RunForAnHour();
        RunForAnHour();

        var expected = Enumerable.Range(0, 72_000).Where(number => number % 10 is 1 or 4 or 7).Take(_sent.Items.Count);
        Assert.Equal(expected.Select(number => $"quote {number} is at {100 + (number * 7 % 10)}"), _sent.Items);
        Assert.InRange(_sent.Items.Count, 21_590, 21_600);
    }

    private void RunForAnHour()
    {
        var run = Alerts.Flow("market://test", _clock.TimeProvider, _sent).Start(new FlowOptions
        {
            Scheduler = _clock,
            Recovery = new RecoveryOptions { Store = _store },
        });
        _clock.AdvanceBy(TimeSpan.FromHours(1).Ticks);
        run.Stop();
        var result = _clock.RunToEnd(run);
        Assert.Equal(FlowOutcome.Stopped, result.Outcome);
    }
}
// end-snippet
