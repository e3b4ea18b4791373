using CsCheck;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class BatchFromGetterTests
{
    [Fact]
    public void P18_null_ends_the_batch_and_not_the_source()
    {
        var answers = new Queue<string?>(["a", "b", null, null, "c"]);
        using var batches = Batch.FromGetter<string>(() => answers.TryDequeue(out var item) ? item : null, 10).GetEnumerator();
        Assert.Equal(["a", "b"], Step(batches));
        Assert.Equal([], Step(batches));
        Assert.Equal(["c"], Step(batches));
        Assert.Equal([], Step(batches));
    }

    [Fact]
    public void P18_null_ends_the_batch_of_structs_too_and_their_default_is_an_item()
    {
        var answers = new Queue<int?>([0, 1, null, 2]);
        using var batches = Batch.FromGetter(() => answers.Dequeue() is { } item ? item : Polled<int>.Nothing, 10).GetEnumerator();
        Assert.Equal([0, 1], Step(batches));
    }

    [Fact]
    public void P18_a_sentinel_of_ones_own_ends_the_batch()
    {
        var answers = new Queue<int>([1, 2, -1, 3, -1]);
        using var batches = Batch.FromGetter(() => answers.Dequeue() is not -1 and var item ? item : Polled<int>.Nothing, 10).GetEnumerator();
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal([3], Step(batches));
    }

    [Fact]
    public void P18_a_full_batch_asks_no_further()
    {
        var asked = 0;
        using var batches = Batch.FromGetter<int>(() => asked++, 3).GetEnumerator();
        Assert.Equal([0, 1, 2], Step(batches));
        Assert.Equal(3, asked);
    }

    [Fact]
    public void P18_the_end_gives_the_partial_batch_then_completes_and_asks_no_more()
    {
        var asked = 0;
        using var batches = Batch.FromGetter(() => asked++ < 2 ? asked : Polled<int>.End, 10).GetEnumerator();
        Assert.Equal([1, 2], Step(batches));
        Assert.False(batches.MoveNext());
        Assert.False(batches.MoveNext());
        Assert.Equal(3, asked);
    }

    [Fact]
    public void P18_an_end_without_items_adds_no_empty_batch() =>
        Assert.Empty(Batch.FromGetter(() => Polled<int>.End, 10));

    [Fact]
    public void P18_an_exception_says_nothing_now()
    {
        var answers = new Queue<int>([1, 2]);
        using var batches = Batch.FromGetter<int, InvalidOperationException>(() => answers.Dequeue(), 10).GetEnumerator();
        Assert.Equal([1, 2], Step(batches));
        Assert.Equal([], Step(batches));
        answers.Enqueue(3);
        Assert.Equal([3], Step(batches));
    }

    [Fact]
    public void P18_an_exception_says_nothing_now_and_the_getter_the_end()
    {
        var step = 0;
        var batches = Batch.FromGetter<int, TimeoutException>(
            () => step++ switch { 0 => 1, 1 => throw new TimeoutException(), 2 => 2, _ => Polled<int>.End }, 10);
        Assert.Equal([[1], [2]], batches);
    }

    [Fact]
    public void P18_items_before_another_exception_come_first_and_the_getter_is_not_called_again()
    {
        var asked = 0;
        using var batches = Batch.FromGetter<int, TimeoutException>(
            () => asked++ == 0 ? 1 : throw new InvalidDataException(), 10).GetEnumerator();
        Assert.Equal([1], Step(batches));
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Equal(2, asked);
    }

    [Fact]
    public void P18_whatever_the_answers_all_items_come_in_order_and_each_nothing_ends_one_batch() =>
        Gen.Select(Gen.Int[-4, 9].List[0, 40], Gen.Int[1, 6]).Sample((answers, count) =>
        {
            var next = 0;
            var batches = Batch.FromGetter(
                () => next == answers.Count ? Polled<int>.End : answers[next++] is >= 0 and var item ? item : Polled<int>.Nothing,
                count).ToList();
            var partial = batches.Count(batch => batch.Count < count);
            return batches.SelectMany(batch => batch).SequenceEqual(answers.Where(answer => answer >= 0))
                && batches.All(batch => batch.Count <= count)
                && partial - answers.Count(answer => answer < 0) is 0 or 1;
        });

    [Fact]
    public void P18_arguments_are_checked_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("getter", () => Batch.FromGetter((Func<Polled<int>>)null!, 1));
        Assert.Throws<ArgumentNullException>(
            "getter", () => Batch.FromGetter<int, TimeoutException>((Func<Polled<int>>)null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Batch.FromGetter<string>(() => "a", 0));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Batch.FromGetter<int, TimeoutException>(() => 1, 0));
    }

    private static IReadOnlyList<T> Step<T>(IEnumerator<IReadOnlyList<T>> batches)
    {
        Assert.True(batches.MoveNext());
        return batches.Current;
    }
}
