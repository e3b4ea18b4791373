using CsCheck;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class BatchOfTests
{
    [Fact]
    public void P17_batches_hold_the_input_in_order_full_but_for_the_last() =>
        Gen.Select(Gen.Int.List[0, 50], Gen.Int[1, 12]).Sample((items, count) =>
        {
            var batches = Batch.Of(items, count).ToList();
            return batches.SelectMany(batch => batch).SequenceEqual(items)
                && batches.SkipLast(1).All(batch => batch.Count == count)
                && batches.All(batch => batch.Count > 0 && batch.Count <= count);
        });

    [Fact]
    public void P17_no_items_make_no_batch() => Assert.Empty(Batch.Of(Array.Empty<int>(), 3));

    [Fact]
    public void P17_nothing_is_taken_beyond_a_full_batch()
    {
        var taken = 0;
        using var batches = Batch.Of(Enumerable.Range(0, 10).Select(i => taken = i + 1), 4).GetEnumerator();
        Assert.Equal(0, taken);
        Assert.True(batches.MoveNext());
        Assert.Equal(4, taken);
    }

    [Fact]
    public void P17_a_batch_stays_as_it_was_given()
    {
        var all = Batch.Of(Enumerable.Range(0, 4), 2).ToList();
        Assert.Equal([0, 1], all[0]);
        Assert.Equal([2, 3], all[1]);
    }

    [Fact]
    public void P17_items_before_an_exception_come_first_and_the_exception_at_every_step_after()
    {
        using var batches = Batch.Of(Failing(), 2).GetEnumerator();
        Assert.True(batches.MoveNext());
        Assert.True(batches.MoveNext());
        Assert.Equal([2], batches.Current);
        var first = Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        var trace = first.StackTrace;
        Assert.Same(first, Assert.Throws<InvalidDataException>(() => batches.MoveNext()));
        Assert.Equal(trace!.Length, Assert.Throws<InvalidDataException>(() => batches.MoveNext()).StackTrace!.Length);
        Assert.Throws<InvalidOperationException>(() => batches.Current);
    }

    [Fact]
    public void P17_disposing_disposes_the_input()
    {
        var disposed = false;
        foreach (var batch in Batch.Of(Tracked(() => disposed = true), 2))
        {
            Assert.Equal(2, batch.Count);
            break;
        }

        Assert.True(disposed);
    }

    [Fact]
    public void P17_a_step_after_disposal_is_refused()
    {
        var batches = Batch.Of([1], 1).GetEnumerator();
        batches.Dispose();
        batches.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
    }

    [Fact]
    public void P17_enumerating_again_begins_again()
    {
        var batches = Batch.Of([1, 2, 3], 2);
        Assert.Equal(2, batches.Count());
        Assert.Equal([1, 2], batches.First());
    }

    [Fact]
    public void P17_arguments_are_checked_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("items", () => Batch.Of<int>(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Batch.Of([1], 0));
    }

    private static IEnumerable<int> Failing()
    {
        yield return 0;
        yield return 1;
        yield return 2;
        throw new InvalidDataException();
    }

    private static IEnumerable<int> Tracked(Action disposed)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
            }
        }
        finally
        {
            disposed();
        }
    }
}
