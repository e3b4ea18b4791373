using System.Reactive.Subjects;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>What a scripted client does, and when.</summary>
internal sealed record Step(long At, int? Item, bool Ends = false, Exception? Error = null);

/// <summary>A hot observable that does at virtual times what it is told.</summary>
internal static class Script
{
    public static Subject<int> Play(VirtualScheduler clock, IEnumerable<Step> steps)
    {
        var subject = new Subject<int>();
        foreach (var step in steps)
        {
            clock.At(step.At, () =>
            {
                if (step.Item is { } item)
                {
                    subject.OnNext(item);
                }
                else if (step.Error is not null)
                {
                    subject.OnError(step.Error);
                }
                else
                {
                    subject.OnCompleted();
                }
            });
        }

        return subject;
    }

    /// <summary>Items 0, 1, 2 .. at the given times, then the end.</summary>
    public static List<Step> Items(IEnumerable<long> times, long end) =>
        [.. times.Order().Select((at, index) => new Step(at, index)), new Step(end, null, Ends: true)];
}
