namespace Rx.Connectors.Bridging;

/// <summary>The inputs that one value stands for.</summary>
/// <param name="inputs">Their numbers, in order, in ranges that do not touch each other.</param>
/// <param name="parts">How many parts are in it of those that were split; mostly none.</param>
internal sealed class Gathered(InputRange[] inputs, Dictionary<Lineage, (long Entry, int Count)>? parts)
{
    public InputRange[] Inputs => inputs;

    public static Gathered Of<T, TPosition>(IReadOnlyList<Positioned<T, TPosition>> items)
    {
        var inputs = new List<InputRange>();
        Dictionary<Lineage, (long Entry, int Count)>? parts = null;
        foreach (var item in items)
        {
            if (item.Trace is not Lineage lineage)
            {
                inputs.Add(new InputRange(item.Entry, item.Entry));
                continue;
            }

            inputs.AddRange(lineage.Gathered?.Inputs ?? [new InputRange(item.Entry, item.Entry)]);
            parts ??= [];
            parts[lineage] = (item.Entry, parts.GetValueOrDefault(lineage).Count + 1);
        }

        return new Gathered(Merge(inputs), parts);
    }

    /// <summary>The value leaves. False if it holds only a part of some input.</summary>
    public bool Leave()
    {
        var isWhole = true;
        foreach (var (lineage, part) in parts ?? [])
        {
            isWhole &= lineage.LeaveGathered(part.Count) && (lineage.Gathered?.Leave() ?? true);
        }

        return isWhole;
    }

    /// <summary>The value is dropped: so are its inputs, but those of which parts are still inside.</summary>
    /// <returns>Whether the last of them is.</returns>
    public bool Drop(QueryPassage passage)
    {
        var inside = new List<InputRange>();
        DropParts(inside);
        foreach (var range in inputs)
        {
            if (inside.Count == 0)
            {
                passage.Dropped(range.From, range.To);
                continue;
            }

            for (var entry = range.From; entry <= range.To; entry++)
            {
                if (!IsIn(inside, entry))
                {
                    passage.Dropped(entry, entry);
                }
            }
        }

        return !IsIn(inside, inputs[^1].To);
    }

    // Tells of which inputs other parts are left, also where the part itself stood for several.
    private void DropParts(List<InputRange> inside)
    {
        foreach (var (lineage, part) in parts ?? [])
        {
            if (!lineage.Drop(part.Count))
            {
                inside.AddRange(lineage.Gathered?.Inputs ?? [new InputRange(part.Entry, part.Entry)]);
            }
            else
            {
                lineage.Gathered?.DropParts(inside);
            }
        }
    }

    private static bool IsIn(List<InputRange> ranges, long entry) => ranges.Exists(range => range.From <= entry && entry <= range.To);

    private static InputRange[] Merge(List<InputRange> inputs)
    {
        inputs.Sort(static (one, other) => one.From.CompareTo(other.From));
        var merged = new List<InputRange>(1);
        foreach (var range in inputs)
        {
            if (merged.Count > 0 && range.From <= merged[^1].To + 1)
            {
                merged[^1] = merged[^1] with { To = Math.Max(merged[^1].To, range.To) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}

/// <summary>Inputs that follow each other, by their numbers.</summary>
internal readonly record struct InputRange(long From, long To);
