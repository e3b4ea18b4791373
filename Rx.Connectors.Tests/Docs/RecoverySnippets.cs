using System.Text.Json;
using System.Text.Json.Serialization;
using Rx.Connectors.Bridging;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sources;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Connectors.Files;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/recovery.md, and that it does what the page says.</summary>
public sealed class RecoverySnippets
{
    [Fact]
    public async Task The_first_example_goes_on_where_it_was_and_cuts_what_was_never_committed()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["incoming"]);
        folder.Write("incoming/a.log", "a1\na2\n");
        var first = await CopyAsync(folder["incoming"], folder["all.log"], folder["positions.db"]);
        Assert.Equal((2L, false), (first.ItemsWritten, first.Resume!.IsResumed));

        // As a run leaves it that is killed between a write and its commit.
        folder.Append("all.log", "A3\nhalf a li");
        folder.Append("incoming/a.log", "a3\n");
        folder.Write("incoming/b.log", "b1\n");
        var second = await CopyAsync(folder["incoming"], folder["all.log"], folder["positions.db"]);
        Assert.Equal((2L, true), (second.ItemsWritten, second.Resume!.IsResumed));
        Assert.Equal(["A1", "A2", "A3", "B1"], File.ReadLines(folder["all.log"]).Order());
    }

    [Fact]
    public async Task An_epoch_is_closed_on_demand()
    {
        var flow = new Dataflow("on-demand");
        flow.Input("never", Bridge.From(System.Reactive.Linq.Observable.Never<string>()).ToSource())
            .Output("out", Bridge.To<string>((_, _) => Task.CompletedTask).ToSink());
        var run = flow.Start();

        // snippet: recovery-close-epoch
        var epoch = await run.CloseEpochAsync(); // everything polled before this call is now durable
        // end-snippet

        Assert.Equal(0, epoch);
        run.Stop();
        await run.Completion;
    }

    [Fact]
    public async Task A_strict_host_refuses_to_leave_a_position_behind()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["in"]);
        folder.Write("in/a.log", "a1\n");
        folder.Write("in/b.log", "b1\n");
        var store = new InMemoryRecoveryStore();
        await Copy(folder).RunAsync(new FlowOptions { Recovery = Strict(store) });

        File.Delete(folder["in/a.log"]);
        var error = await Assert.ThrowsAsync<FlowException>(
            () => Copy(folder).RunAsync(new FlowOptions { Recovery = Strict(store) }));
        Assert.Equal("Nobody asks for the positions of in/local::a.log.", error.InnerException!.Message);
    }

    [Fact]
    public async Task A_source_without_positions_and_a_sink_that_goes_back_lose_what_was_not_committed()
    {
        // The trap of the page: the line was in the file.
        using var folder = new TempFolder();
        var store = new InMemoryRecoveryStore();
        await Push("one").RunAsync(new FlowOptions { Recovery = new RecoveryOptions { Store = store, AllowSourcesWithoutPositions = true } });
        folder.Append("out.log", "two\n");
        await Push("three").RunAsync(new FlowOptions { Recovery = new RecoveryOptions { Store = store, AllowSourcesWithoutPositions = true } });
        Assert.Equal(["one", "three"], File.ReadLines(folder["out.log"]));

        Dataflow Push(string line)
        {
            var flow = new Dataflow("push");
            flow.Input("in", Bridge.From(new[] { line }.ToAsyncEnumerable()).ToSource())
                .Output("out", new FileSink(folder["out.log"]), static _ => "");
            return flow;
        }
    }

    [Fact]
    public void A_source_that_fails_and_passes_is_built_again()
    {
        var clock = new VirtualScheduler();
        var failures = 2;
        var trades = new CountedSource(("a", 9))
        {
            Failure = (_, next) => next == 3 && failures-- > 0 ? new IOException("connection reset") : null,
        };
        var written = new List<string>();
        var flow = new Dataflow("restarted");
        Restarting(flow, trades).Output("out", Bridge.To<string>((item, _) =>
        {
            written.Add(item);
            return Task.CompletedTask;
        }).ToSink());
        var run = flow.RunAsync(new FlowOptions { Scheduler = clock });
        clock.Start();
        Assert.True(run.IsCompletedSuccessfully);
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"a:{i}"), written);
        Assert.Equal(["built a from none", "built a from 3", "built a from 3"], trades.Log.Where(line => line.StartsWith("built", StringComparison.Ordinal)));
    }

    private static async Task<FlowResult> CopyAsync(string incoming, string all, string positions)
    {
        // snippet: recovery-first
        var flow = new Dataflow("copy");
        flow.Input("logs", new DirSource(incoming, "*.log"))
            .Select(line => line.ToUpperInvariant())
            .Output("all", new FileSink(all), key: _ => "");

        var run = flow.Start(new FlowOptions
        {
            Recovery = new RecoveryOptions { Store = new SqliteRecoveryStore(positions) },
        });
        using var signals = run.StopOnSignals();
        var result = await run.Completion;
        // end-snippet
        return result;
    }

    private static Dataflow Copy(TempFolder folder)
    {
        var flow = new Dataflow("strict");
        flow.Input("in", new DirSource(folder["in"])).Output("out", new FileSink(folder["out.log"]), static line => line);
        return flow;
    }

    private static RecoveryOptions Strict(IRecoveryStore store)
    {
        // snippet: recovery-strict
        var recovery = new RecoveryOptions
        {
            Store = store,
            Serializer = new JsonSerializerOptions { TypeInfoResolver = Positions.Default },
            OnResume = resume =>
            {
                string[] left = [.. resume.OrphanedPartitions, .. resume.UnknownSteps];
                if (left.Length > 0)
                {
                    throw new InvalidOperationException($"Nobody asks for the positions of {string.Join(", ", left)}.");
                }
            },
        };
        // end-snippet
        return recovery;
    }

    private static FlowStream<string> Restarting(Dataflow flow, FixedPartitionedSource<string, int> trades)
    {
        // snippet: recovery-restart
        var items = flow.Input("trades", trades, new RestartOptions { ShouldRetry = error => error is IOException });
        // end-snippet
        return items;
    }
}

// snippet: recovery-json
[JsonSerializable(typeof(FilePosition))]
internal sealed partial class Positions : JsonSerializerContext;
// end-snippet
