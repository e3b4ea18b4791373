using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>P9 and P10: who lists which partitions, and who gets them.</summary>
public sealed class PrimariesTests
{
    /// <summary>What each worker lists, and "key=worker" in the order of the keys.</summary>
    [Theory]
    [InlineData("a b c", "a=0 b=0 c=0")]
    [InlineData("a b c|a b c", "a=0 b=1 c=0")]
    [InlineData("a b c|a b c|a b c|a b c", "a=0 b=1 c=2")]
    [InlineData("a|b|c", "a=0 b=1 c=2")]
    [InlineData("|a b", "a=1 b=1")]
    [InlineData("a b c|c", "a=0 b=0 c=1")]
    [InlineData("a b|b c|c a", "a=0 b=1 c=2")]
    [InlineData("a b c d|d", "a=0 b=0 c=0 d=1")]
    [InlineData("x a b|x a b|x", "a=0 b=1 x=2")]
    [InlineData("a z|a z|z|", "a=0 z=1")]
    public void P9_each_partition_gets_one_primary_among_those_that_list_it(string lists, string expected)
    {
        var listed = Parse(lists);
        var keys = PartitionKeys.Merge(listed);
        var owners = Primaries.Assign(keys, listed, new int[listed.Length]);
        Assert.Equal(expected, string.Join(' ', keys.Zip(owners, (key, owner) => $"{key}={owner}")));
    }

    [Fact]
    public void P9_fewest_holders_first_then_the_least_loaded_then_the_lowest_index() =>
        Gen.Select(Gen.Int[0, 31].Array[0, 9], Gen.Int[0, 3].Array[5]).Sample((masks, load) =>
        {
            var keys = masks.Select((mask, i) => (Key: $"k{i}", Mask: mask)).Where(one => one.Mask > 0).ToArray();
            var listed = Enumerable.Range(0, 5).Select(worker => (IReadOnlySet<string>)keys
                .Where(one => (one.Mask & (1 << worker)) != 0).Select(one => one.Key).ToHashSet()).ToArray();
            var owners = Primaries.Assign([.. keys.Select(one => one.Key)], listed, [.. load]);

            // The rule, said as a search: take the next key by hand, and look at every worker for the best.
            var left = keys.ToList();
            var expected = new Dictionary<string, int>();
            var has = load.ToArray();
            while (left.Count > 0)
            {
                var fewest = left.Min(one => int.PopCount(one.Mask));
                var next = left.First(one => int.PopCount(one.Mask) == fewest);
                left.Remove(next);
                var best = -1;
                for (var worker = 4; worker >= 0; worker--)
                {
                    if ((next.Mask & (1 << worker)) != 0 && (best < 0 || has[worker] <= has[best]))
                    {
                        best = worker;
                    }
                }

                has[best]++;
                expected[next.Key] = best;
            }

            Assert.Equal(keys.Select(one => expected[one.Key]), owners);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void P9_Q4_partitions_are_listed_once_per_run_and_worker_with_its_number(int workers)
    {
        var rig = new Rig(("a", 9), ("b", 9)) { Workers = workers };
        _ = rig.RunToEnd();
        Assert.Equal(Enumerable.Range(0, workers).Select(i => $"list {i}/{workers}"), rig.LogOf("list"));
        _ = rig.RunToEnd();
        Assert.Equal(2 * workers, rig.LogOf("list").Count);
    }

    [Fact]
    public void P9_Q4_workers_that_list_different_partitions_read_what_they_list()
    {
        var rig = new Rig(("a", 5), ("b", 6), ("c", 7), ("d", 8)) { Workers = 3, Store = null };
        rig.Source.List = (worker, _, _) => new(worker switch { 0 => ["d"], 1 => ["a", "b"], _ => ["b", "c"] });
        var owners = new Dictionary<string, int>();
        var flow = new Dataflow("rig");
        // A dynamic sink's partition is written by the worker that reads.
        flow.Input("in", rig.Source).Output("out", new PerWorker((worker, item) => owners[item.Split(':')[0]] = worker));
        var run = rig.Start(flow);
        rig.Clock.Start();
        Assert.Equal(26, run.Completion.GetAwaiter().GetResult().ItemsWritten);
        Assert.Equal(["a=1", "b=1", "c=2", "d=0"], owners.Select(one => $"{one.Key}={one.Value}").Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void P10_a_source_without_partitions_on_any_worker_is_an_error_that_says_the_step(int workers)
    {
        var rig = new Rig { Workers = workers };
        Assert.Equal(
            "Flow 'rig', step 'in': ListPartitions returned no partition; there must be at least one", rig.RunToFailure().Message);
        Assert.Empty(rig.LogOf("build", "open"));
    }

    [Fact]
    public void P10_one_worker_without_partitions_is_none()
    {
        var rig = new Rig(("a", 5)) { Workers = 4 };
        rig.Source.List = (worker, _, _) => new(worker == 3 ? ["a"] : []);
        _ = rig.RunToEnd();
        rig.AssertExact();
    }

    [Theory]
    [InlineData("a a", "ListPartitions returned the key 'a' more than once; keys must be unique")]
    [InlineData("null", "ListPartitions returned null")]
    [InlineData("a null", "ListPartitions returned null among its keys")]
    public void P8_what_any_worker_lists_wrongly_is_an_error_that_says_what(string keys, string message)
    {
        var rig = new Rig(("a", 5)) { Workers = 3 };
        rig.Source.List = (worker, _, _) => new(
            worker < 2 ? ["a"] : keys == "null" ? null! : [.. keys.Split(' ').Select(key => key == "null" ? null! : key)]);
        var error = rig.RunToFailure();
        Assert.Equal($"Flow 'rig', step 'in': {message}", error.Message);
        Assert.Empty(rig.LogOf("build", "open"));
    }

    private static HashSet<string>[] Parse(string lists) =>
        [.. lists.Split('|').Select(list => list.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet())];
}
