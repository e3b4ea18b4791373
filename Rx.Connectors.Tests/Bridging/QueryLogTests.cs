using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>The position behind a query, by itself: inputs 1, 2, 3 .. whose position is the next number, and what leaves for them.</summary>
public sealed class QueryLogTests
{
    private readonly DropLog<int> _dropped = new(int.MaxValue, static () => { });
    private readonly QueryPassage _passage;
    private readonly QueryPlace _place = new CallingThreads(pollsOnOneThread: false).AddPlace(inRuns: false);
    private readonly List<(string Value, Mark<int> Mark)> _waiting = [];
    private QueryLog<string, int> _log;
    private long _entry;

    public QueryLogTests()
    {
        _passage = new QueryPassage { Exit = _dropped };
        _log = new QueryLog<string, int>(_passage, _dropped, ResumeState<int>.None);
    }

    [Fact]
    public void S5_the_position_is_that_of_what_was_handed_out()
    {
        Assert.False(_log.Position.HasValue);
        Send("a");
        Send("b");
        Send("c");
        Assert.False(_log.Position.HasValue);
        Assert.Equal(["a", "b"], Poll(2));
        Assert.Equal(At(3), _log.Position);
        Assert.Equal(["c"], Poll(9));
        Assert.Equal(At(4), _log.Position);
    }

    [Fact]
    public void S5_within_an_input_the_position_says_how_many_of_its_parts_were_handed_out()
    {
        Send("a");
        Send("b1", "b2", "b3");
        Poll(3);
        Assert.Equal(Cut.At<int>(2, 1, 2), _log.Position);
        Poll(1);
        Assert.Equal(At(3), _log.Position);
    }

    [Fact]
    public void S5_resumed_within_an_input_the_parts_that_were_handed_out_do_not_come_again()
    {
        _log = new QueryLog<string, int>(_passage, _dropped, Cut.At<int>(7, 1, 2));
        Send("b1", "b2", "b3");
        Assert.Equal(["b3"], Poll(9));
        Assert.Equal(At(2), _log.Position);
    }

    [Fact]
    public void S13_while_an_input_is_sent_more_of_it_may_come_and_the_position_stays_before_it()
    {
        Send("a");
        Begin();
        Leave("b1");
        Assert.Equal(["a", "b1"], Poll(9));
        Assert.Equal(Cut.At<int>(2, 1, 1), _log.Position);
        _passage.Sent();
        Assert.Empty(Poll(9));
        Assert.Equal(At(3), _log.Position);
    }

    [Fact]
    public void S13_an_input_that_is_missing_is_named_before_the_position_moves()
    {
        Send("a");
        Send();
        Begin();
        Assert.Contains("2", Refuse("c").Message, StringComparison.Ordinal);
        Assert.Equal(["a"], Poll(9));
        Assert.Equal(At(2), _log.Position);
    }

    [Fact]
    public void S13_an_input_that_was_declared_dropped_is_not_missing_and_is_passed_with_the_one_before_it()
    {
        Send("a");
        Drop();
        Send("c");
        Assert.Equal(["a"], Poll(1));
        Assert.Equal(At(2), _log.Position);
        Assert.Equal(["c"], Poll(1));
        Drop();
        Assert.Empty(Poll(9));
        Assert.Equal(At(5), _log.Position);
    }

    [Fact]
    public void S12_an_input_that_was_overtaken_is_refused()
    {
        Begin();
        var late = Item("a");
        _passage.Sent();
        Begin();
        Assert.False(_log.Accept(Item("b"), out _, out _, out var missing));
        Assert.IsType<PositionOrderException>(missing);
        Assert.True(_log.Accept(late, out _, out _, out _));
    }

    [Fact]
    public void S13_the_end_is_an_error_while_an_input_is_missing()
    {
        Send("a");
        _passage.Completed(1);
        Assert.Null(_log.Completed());
        Send();
        _passage.Completed(2);
        Assert.IsType<PositionOrderException>(_log.Completed());
    }

    [Fact]
    public void S13_of_an_input_that_was_being_sent_when_the_source_failed_the_position_stays_before_the_rest()
    {
        Begin();
        Leave("a1");
        _log.Failed();
        _passage.Sent();
        Assert.Equal(["a1"], Poll(9));
        Assert.Equal(Cut.At(ResumeState<int>.None, 1, 1), _log.Position);
    }

    private static ResumeState<int> At(int position) => new ResumeState<int>(position);

    private void Begin()
    {
        _place.Enter();
        _passage.Sending(++_entry, _place);
    }

    private Positioned<string, int> Item(string value) => new Positioned<string, int>(value, (int)_entry + 1).Enter(_passage, _entry);

    private void Leave(string value)
    {
        if (_log.Accept(Item(value), out var left, out var mark, out var error))
        {
            _waiting.Add((left, mark));
        }

        Assert.Null(error);
    }

    private Exception Refuse(string value)
    {
        Assert.False(_log.Accept(Item(value), out _, out _, out var error));
        return Assert.IsType<PositionOrderException>(error);
    }

    // An input is sent, and all that comes of it leaves on the way.
    private void Send(params string[] values)
    {
        Begin();
        Array.ForEach(values, Leave);
        _passage.Sent();
    }

    private void Drop()
    {
        Begin();
        _passage.Dropped(_entry, (int)_entry + 1);
        _passage.Sent();
    }

    private List<string> Poll(int most)
    {
        _log.Polling();
        var polled = _waiting.Take(most).ToList();
        _waiting.RemoveRange(0, polled.Count);
        if (polled.Count > 0)
        {
            _log.HandedOut(polled.Select(static one => one.Mark).ToArray());
        }

        _log.Polled(_waiting.Select(static one => one.Mark).Take(1).ToArray());
        return [.. polled.Select(static one => one.Value)];
    }
}
