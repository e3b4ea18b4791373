using System.Globalization;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Csv;
using Rx.Connectors.Demo;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>
/// Every source of this repository that has positions, into a real file, on a real store: aborted again and again, and resumed
/// from what the store gives back.
/// </summary>
[Trait("speed", "slow")]
public sealed class ResumeThroughStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void P21_S5_K7_a_file_goes_on_at_its_byte()
    {
        var lines = Enumerable.Range(0, 300).Select(i => $"Zeile {i} {new string('ü', i % 17)}").ToArray();
        AbortAndResume(new FileSource(_folder.Write("in.txt", string.Join("\r\n", lines)), new FileSourceOptions { MaxBatchSize = 7 }), lines);
    }

    [Fact]
    public void P22_S5_K7_a_directory_goes_on_in_each_of_its_files()
    {
        Directory.CreateDirectory(_folder["in"]);
        for (var file = 0; file < 4; file++)
        {
            _folder.Write($"in/{file}", string.Concat(Enumerable.Range(0, 60).Select(i => $"{file} {i}\n")));
        }

        AbortAndResume(
            new DirSource(_folder["in"], options: new() { Files = new() { MaxBatchSize = 3 } }),
            [.. Enumerable.Range(0, 4).SelectMany(file => Enumerable.Range(0, 60).Select(i => $"{file} {i}"))]);
    }

    [Fact]
    public void P23_S5_K7_rows_of_several_lines_go_on_at_their_byte()
    {
        var rows = Enumerable.Range(0, 200).Select(i => (Id: $"{i}", Text: i % 3 == 0 ? $"two\nlines, {i}" : $"\"{i}\" é")).ToArray();
        var text = "id,text\n" + string.Concat(rows.Select(row => $"{row.Id},\"{row.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));
        AbortAndResume(
            new CsvSource(_folder.Write("in.csv", text), new() { MaxBatchSize = 4 })
                .Select((_, row) => $"{row["id"]}={row["text"].Replace("\n", "|", StringComparison.Ordinal)}"),
            [.. rows.Select(row => $"{row.Id}={row.Text.Replace("\n", "|", StringComparison.Ordinal)}")]);
    }

    [Fact]
    public void P25_S5_K7_random_metrics_go_on_with_the_same_numbers()
    {
        var source = new RandomMetricSource(["a", "b"], TimeSpan.FromTicks(10), count: 80, seed: 4);
        var uninterrupted = source.ListPartitions().SelectMany(key =>
        {
            using var partition = source.BuildPartition("in", key, ResumeState<long>.None);
            var clock = new VirtualScheduler();
            partition.Start(clock);
            var all = new List<string>();
            while (partition.NextBatch() is { } batch)
            {
                all.AddRange(batch.Select(Text));
                clock.AdvanceBy(10);
            }

            return all;
        });
        AbortAndResume(source.Select((_, value) => Text(value)), [.. uninterrupted]);

        static string Text((string Metric, double Value) value) => string.Create(CultureInfo.InvariantCulture, $"{value.Metric} {value.Value:R}");
    }

    [Fact]
    public void S5_K7_a_client_behind_a_query_that_flattens_goes_on_between_the_parts_of_an_input()
    {
        var source = new QueriedSource(_clock);
        AbortAndResume(source, [.. Enumerable.Range(0, 120).SelectMany(i => Enumerable.Range(0, i % 4).Select(part => $"{i}.{part}"))]);
    }

    // Each run ends after a few more writes than the one before.
    private void AbortAndResume<TPosition>(FixedPartitionedSource<string, TPosition> source, IReadOnlyList<string> expected)
    {
        var output = _folder["out"];
        var completed = false;
        var runs = 0;
        for (; !completed; runs++)
        {
            Assert.True(runs < 1_000, "It does not get on.");
            var writes = 0;
            FlowRun? run = null;
            var flow = new Dataflow("resumed");
            flow.Input("in", source)
                .Select(item =>
                {
                    if (++writes == 11 + (runs * 3))
                    {
                        run!.Abort();
                    }

                    return item;
                })
                .Output("out", new FileSink(output), _ => "");
            run = flow.Start(new FlowOptions
            {
                Scheduler = _clock,
                MaxEpochItems = 5,
                Recovery = new RecoveryOptions { Store = new SqliteRecoveryStore(_folder["positions"]) },
            });
            _clock.Start();
            Assert.True(run.Completion.IsCompletedSuccessfully, $"{run.Completion.Exception}");
            completed = run.Completion.GetAwaiter().GetResult().Outcome == FlowOutcome.Completed;
        }

        Assert.True(runs > 5);
        // Of several partitions each has its own order.
        Assert.Equal(expected.Order(StringComparer.Ordinal), File.ReadLines(output).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void F3_a_store_whose_disk_is_full_loses_nothing_and_the_flow_goes_on_when_there_is_room_again()
    {
        using var disk = SmallDisk.Mount();
        var rig = OnDisk(disk, retries: 8, attempt =>
        {
            switch (attempt)
            {
                case 6: disk.Fill(); break;
                case 9: disk.MakeRoom(); break;
            }
        });
        Assert.Equal(3, rig.RunToEnd().Epochs.FailedCommits);
        rig.AssertExact();
    }

    [Fact]
    public void F3_a_store_whose_disk_stays_full_ends_the_flow_and_the_next_run_loses_nothing()
    {
        using var disk = SmallDisk.Mount();
        var rig = OnDisk(disk, retries: 3, attempt =>
        {
            if (attempt == 6)
            {
                disk.Fill();
            }
        });
        var error = rig.RunToFailure();
        Assert.Equal("F3", error.Rule);
        Assert.Contains("There is no room left on its disk", error.Message, StringComparison.Ordinal);
        disk.MakeRoom();
        rig.Epoch = TimeSpan.FromSeconds(10);
        Assert.True(rig.RunToEnd().Resume!.Epoch > 3);
        rig.AssertExact();
    }

    private static Rig OnDisk(SmallDisk disk, int retries, Action<int> committing)
    {
        var attempts = 0;
        var rig = new Rig(("a", 400), ("b", 100))
        {
            Pace = static (key, next) => (((next * 7) + key[^1]) % 23).Ticks(),
            Epoch = 100.Ticks(),
            Backoff = TimeSpan.FromMilliseconds(5),
            Retries = retries,
            On = line =>
            {
                if (line.StartsWith("commit ", StringComparison.Ordinal))
                {
                    committing(++attempts);
                }
            },
        };
        rig.Store = new RigStore(rig, new SqliteRecoveryStore(disk.Store));
        return rig;
    }

    private sealed class QueriedSource(VirtualScheduler clock) : FixedPartitionedSource<string, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["one"];

        public override StatefulSourcePartition<string, int> BuildPartition(
            string stepId, string partition, ResumeState<int> resumeState)
        {
            var from = resumeState.GetValueOrDefault(0);
            var steps = Enumerable.Range(from, 120 - from).Select(i => new Step(clock.Clock + ((i - from) * 10), i))
                .Append(new Step(clock.Clock + ((120 - from) * 10), null, Ends: true));
            return Bridge.From(new ScriptedClient<int>(clock, steps), i => i + 1)
                .Query(items => items.SelectMany(i => Enumerable.Range(0, i % 4).Select(part => $"{i}.{part}")))
                .ToPartition(resumeState, new BridgeOptions { MaxBatchSize = 2, MaxBatchDelay = TimeSpan.FromTicks(15) });
        }
    }
}
