using CsCheck;
using Rx.Connectors.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>One execution of a flow at a time, and any sequence of everything against a model.</summary>
public abstract partial class RecoveryStoreContract
{
    [Fact]
    public async Task Open_while_an_execution_is_alive_is_refused_and_does_not_disturb_it()
    {
        var store = NewStore();
        await using (var first = await Open(store))
        {
            await Commit(first, 1, Source("in", "a", "1"));
            var alive = await Assert.ThrowsAsync<ExecutionAliveException>(async () => await Open(Again(store)));
            Assert.Contains("Execution 1 of flow 'flow' is alive", alive.Message, StringComparison.Ordinal);
            await Commit(first, 2, Source("in", "a", "2"));
        }

        await using var second = await Open(Again(store));
        Assert.Equal((2, 2), (second.Number, second.LastEpoch));
    }

    [Fact]
    public async Task Take_over_fences_the_older_execution_which_then_writes_nothing()
    {
        var store = NewStore();
        var first = await Open(store);
        await Commit(first, 1, Source("in", "a", "1"));
        var second = await Open(Again(store), takeOver: true);
        Assert.Equal((2, 1), (second.Number, second.LastEpoch));
        for (var number = 1; number <= 3; number++)
        {
            var fenced = await Assert.ThrowsAsync<ExecutionFencedException>(
                async () => await Commit(first, number, Source("in", "a", "fenced")));
            Assert.Contains("xecution 2 of flow 'flow' has taken over from execution 1", fenced.Message, StringComparison.Ordinal);
        }

        // The end of a fenced execution is not that of its successor.
        await first.DisposeAsync();
        await Assert.ThrowsAsync<ExecutionAliveException>(async () => await Open(Again(store)));
        await Commit(second, 2, Source("in", "b", "2"));
        await second.DisposeAsync();

        await using var third = await Open(Again(store));
        Assert.Equal(3, third.Number);
        Assert.Equal(
            new HashSet<StoredPosition> { Source("in", "a", "1"), Source("in", "b", "2") }, third.States.ToHashSet());
    }

    [Fact]
    public async Task Take_over_where_nobody_is_alive_is_an_ordinary_opening()
    {
        var store = NewStore();
        await (await Open(store, takeOver: true)).DisposeAsync();
        await using var second = await Open(Again(store), takeOver: true);
        Assert.Equal(2, second.Number);
    }

    [Fact]
    public async Task Dispose_twice_ends_the_execution_once()
    {
        var store = NewStore();
        var first = await Open(store);
        await first.DisposeAsync();
        await using var second = await Open(Again(store));
        await first.DisposeAsync();
        await Assert.ThrowsAsync<ExecutionAliveException>(async () => await Open(Again(store)));
        await Commit(second, 1);
    }

    [Fact]
    public async Task Flows_in_one_store_do_not_disturb_each_other()
    {
        var store = NewStore();
        await using (var one = await Open(store, "one"))
        await using (var two = await Open(Again(store), "two"))
        {
            await Commit(one, 1, Source("in", "a", "one"));
            await Commit(two, 1, Source("in", "a", "two"));
            await Commit(one, 2, Source("in", "a", null));
            await Commit(two, 2, Source("in", "b", "two"));
            await Commit(two, 3);
            await (await Open(Again(store), "three")).DisposeAsync();
            await using var taken = await Open(Again(store), "one", takeOver: true);
            await Commit(two, 4);
        }

        await using var first = await Open(Again(store), "one");
        await using var second = await Open(Again(store), "two");
        Assert.Equal((3, 2, 2, 4), (first.Number, first.LastEpoch, second.Number, second.LastEpoch));
        Assert.Empty(first.States);
        Assert.Equal(
            new HashSet<StoredPosition> { Source("in", "a", "two"), Source("in", "b", "two") }, second.States.ToHashSet());
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Any_sequence_is_as_in_the_model()
    {
        var change = Gen.Select(Gen.Enum<StepKind>(), Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 9]);
        var step = Gen.Select(Gen.Int[0, 9], change.Array[0, 6]);
        step.Array[1, 40].Sample(steps => Run(steps).GetAwaiter().GetResult(), iter: 60, threads: 1);
    }

    private async Task Run((int What, (StepKind Kind, int Step, int Partition, int State)[] Changes)[] steps)
    {
        var store = NewStore();
        var model = new Dictionary<(string, string), StoredPosition>();
        var (number, epoch) = (1L, 0L);
        var execution = await Open(store);
        foreach (var (what, drawn) in steps)
        {
            var changes = drawn.Select(one => new StoredPosition(
                one.Kind, $"step {one.Step}", $"partition {one.Partition}", one.State < 2 ? null : $"{one.State}")).ToArray();
            if (what < 6)
            {
                await Commit(execution, ++epoch, changes);
                foreach (var one in changes)
                {
                    model[(one.Step, one.Partition)] = one;
                }
            }
            else if (what == 6 && epoch > execution.LastEpoch)
            {
                await Commit(execution, epoch, changes);
            }
            else
            {
                var older = execution;
                if (what < 9)
                {
                    await older.DisposeAsync();
                }

                execution = await Open(Again(store), takeOver: what == 9);
                Assert.Equal((++number, epoch), (execution.Number, execution.LastEpoch));
                Assert.Equal(
                    model.Values.Where(state => state.State is not null).ToHashSet(), execution.States.ToHashSet());
                Assert.Equal(execution.States.Count, execution.States.Distinct().Count());
                if (what == 9)
                {
                    await Assert.ThrowsAsync<ExecutionFencedException>(async () => await Commit(older, epoch + 1, changes));
                    await older.DisposeAsync();
                }
            }
        }

        await execution.DisposeAsync();
    }
}
