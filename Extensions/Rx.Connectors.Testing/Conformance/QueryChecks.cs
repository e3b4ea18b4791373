using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;

namespace Rx.Connectors.Testing;

/// <summary>
/// Puts queries over the source, with groups, windows and drops, and cuts them anywhere: nothing is lost, or the query fails before the
/// position has passed what it lacks, so that nothing is lost once it is put right. S13.
/// </summary>
internal sealed class QueryChecks<T>(CheckContext<T> context, SourceRun<T> uncut)
{
    private const int Gathered = 3;
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(25);

    private readonly Findings _findings = context.Findings;
    private int _failed;

    private delegate PositionedObservable<PolledBatch<T>, string> Shape(PositionedObservable<PolledBatch<T>, string> batches, IScheduler clock);

    public void Run()
    {
        if (WhyNot() is { } reason)
        {
            _findings.NotChecked("S13", reason);
            return;
        }

        (string Name, Shape Shape)[] right =
        [
            ("Select", static (batches, _) => batches),
            ("Gather", static (batches, _) => batches.Gather(Gathered).SelectMany(static all => all)),
            ("Gather by time", static (batches, clock) => batches.Gather(_interval, Gathered, clock).SelectMany(static all => all)),
            ("Window", static (batches, _) => batches.Window(Gathered).SelectMany(static window => window).AsPositioned()),
            ("Where of nothing", static (batches, _) => batches.Where(static batch => batch.Items.Count > 0)),
            ("DroppingGaps", static (batches, clock) => batches.DroppingGaps(all => all.Delay(_interval, clock))),
        ];
        // Without a declaration, they hold back or drop.
        (string Name, Shape Shape)[] wrong =
        [
            ("GroupBy and Buffer", static (batches, _) => InGroups(batches).AsPositioned()),
            ("Buffer", static (batches, _) => Observable.Select(batches.Buffer(Gathered), static all => all[^1]).AsPositioned()),
            ("Where of Rx", static (batches, _) => Observable.Where(batches, EveryThirdIsOut()).AsPositioned()),
            ("Throttle", static (batches, clock) => Observable.Throttle(batches, _interval, clock).AsPositioned()),
        ];
        foreach (var (name, shape) in right)
        {
            CheckRight(name, shape);
        }

        foreach (var (name, shape) in wrong)
        {
            CheckWrong(name, shape);
        }

        _findings.Holds(
            "S13", $"{right.Length} queries over it, cut anywhere; of {wrong.Length} that hold back or drop without a word {_failed} failed, " +
            "and nothing was lost when they were put right");
    }

    private string? WhyNot() =>
        !context.Subject.HasPositions ? "it has no positions"
        : context.IsReal ? "virtual time only"
        : uncut.End != RunEnd.Completed ? "it did not end within the check; give it a client that ends"
        : _findings.IsAnyBroken ? "another rule is broken"
        : null;

    private void CheckRight(string name, Shape shape)
    {
        var (query, found) = Over(shape);
        var run = query.Read(Hosts.Eager);
        if (Differs(run.Items) is { } difference)
        {
            Broken(name, $"{difference}{Told(run)}");
            return;
        }

        new CuttingChecks<T>(query, run).Run();
        if (found.IsBroken("S5"))
        {
            Broken(name, found.Report("", "").Results.First(static one => one.Rule == "S5").Text);
        }
    }

    private void CheckWrong(string name, Shape shape)
    {
        using var run = Over(shape).Query.Open();
        run.Start();
        Hosts.Eager(run);
        if (run.End == RunEnd.Failed && run.Error is not PositionOrderException && run.Error!.GetBaseException() is not PositionOrderException)
        {
            Broken(name, $"it failed otherwise than by its positions{Told(run)}");
            return;
        }

        // Where it has not failed, it may not have lost anything either.
        _failed += run.End == RunEnd.Failed ? 1 : 0;
        var (mended, _) = Over(static (batches, _) => batches);
        var position = mended.Subject.Write(mended.Subject.Snapshot(run.Partition));
        var tail = mended.Read(Hosts.Eager, position);
        if (Differs([.. run.Items, .. tail.Items]) is { } difference)
        {
            Broken(name, $"after {run.Items.Count} items the position is {position}, and from there on: {difference}{Told(run)}");
        }
    }

    private void Broken(string name, string text) => _findings.Broken("S13", $"a query over it, of {name}: {text}");

    private Difference<T>? Differs(IReadOnlyList<T> items) =>
        new Difference<T>(uncut.Items, items, context.Keys) is { IsNone: false } difference ? difference : null;

    private static string Told(SourceRun<T> run) => run.Error is { } error ? $" ({error.Message})" : "";

    private (CheckContext<T> Query, Findings Found) Over(Shape shape)
    {
        var found = new Findings(RuleNames.Sources);
        return (context.With(new StatefulSubject<T, string>((clock, resume, script) =>
        {
            var position = resume.GetValueOrDefault(SourceSubject<T>.None);
            var batches = new PolledStream<T>(context.Subject, context.Subject.Build(clock, position, script), clock);
            return Bridge.From(batches, static batch => batch.Position)
                .Query(items => shape(items, clock).SelectMany(static batch => batch.Items))
                .ToPartition(resume);
        })
        { Item = context.Subject.Item, IsPushed = context.Subject.IsPushed }, found), found);
    }

    private static IObservable<Positioned<PolledBatch<T>, string>> InGroups(IObservable<Positioned<PolledBatch<T>, string>> batches)
    {
        return Observable.Defer(() =>
        {
            var count = 0;
            return batches.GroupBy(_ => count++ % Gathered == 0).SelectMany(static group => group.Buffer(2).SelectMany(static all => all));
        });
    }

    private static Func<Positioned<PolledBatch<T>, string>, bool> EveryThirdIsOut()
    {
        var count = 0;
        return _ => ++count % Gathered != 0;
    }
}
