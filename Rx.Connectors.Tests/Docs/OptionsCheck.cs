using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rx.Connectors.Tests.Docs;

/// <summary>
/// A table under <c>&lt;!-- options: Type --&gt;</c> has a row for every public property of the type and no other. The first
/// cell is the property's name in backticks; the second is its default, alone or before a colon that says more.
/// </summary>
internal static partial class OptionsCheck
{
    /// <summary>What is wrong, and which types have a table.</summary>
    public static IReadOnlyList<string> Problems(IEnumerable<Page> pages, IReadOnlyList<Assembly> assemblies, out IReadOnlyList<string> types)
    {
        var problems = new List<string>();
        var seen = new List<string>();
        foreach (var page in pages)
        {
            for (var i = 0; i < page.Lines.Count; i++)
            {
                if (Marker().Match(page.Lines[i]) is not { Success: true } marker)
                {
                    continue;
                }

                var name = marker.Groups[1].Value;
                var at = $"{page.Name}({i + 1}), {name}";
                seen.Add(name);
                if (assemblies.SelectMany(assembly => assembly.GetExportedTypes()).FirstOrDefault(type => type.Name == name) is { } options)
                {
                    problems.AddRange(Compare(at, options, Rows(page.Lines.Skip(i + 1))));
                }
                else
                {
                    problems.Add($"{at}: there is no such type");
                }
            }
        }

        types = seen;
        return problems;
    }

    private static IEnumerable<string> Compare(string at, Type options, IReadOnlyList<(string Name, string Default)> rows)
    {
        var defaults = Activator.CreateInstance(options)!;
        var properties = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(property => property.Name);
        foreach (var missing in properties.Keys.Except(rows.Select(row => row.Name)))
        {
            yield return $"{at}: there is no row for '{missing}'";
        }

        foreach (var (name, stated) in rows)
        {
            if (!properties.TryGetValue(name, out var property))
            {
                yield return $"{at}: there is a row for '{name}', which is no property";
                continue;
            }

            var real = Texts(property, defaults).ToArray();
            if (!real.Contains(stated.Split(':')[0].Replace("`", "", StringComparison.Ordinal).Trim()))
            {
                yield return $"{at}: '{name}' is said to be '{stated}' by default and is '{real[0]}'";
            }
        }
    }

    private static List<(string Name, string Default)> Rows(IEnumerable<string> lines)
    {
        // The first two lines of a table are its heading.
        var table = lines.SkipWhile(string.IsNullOrWhiteSpace).TakeWhile(line => line.StartsWith('|')).Skip(2);
        return [.. table.Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1].Trim('`'), cells[2]))];
    }

    private static IEnumerable<string> Texts(PropertyInfo property, object options)
    {
        if (property.IsDefined(typeof(RequiredMemberAttribute)))
        {
            return ["required"];
        }

        return property.GetValue(options) switch
        {
            null => ["null", "none"],
            true => ["on"],
            false => ["off"],
            int number when number > 0 && number % (1 << 20) == 0 => [Text(number), $"{number >> 20} MiB"],
            int number => [Text(number)],
            TimeSpan time => [Text(time)],
            ICollection { Count: 0 } => ["none"],
            var other => [$"{other}"],
        };
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => time switch
    {
        _ when time == Timeout.InfiniteTimeSpan => "infinite",
        { Ticks: 0 } => "0",
        _ when time.Ticks % TimeSpan.TicksPerMinute == 0 => $"{time.Ticks / TimeSpan.TicksPerMinute} min",
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => $"{time.Ticks / TimeSpan.TicksPerSecond} s",
        _ => $"{time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms",
    };

    [GeneratedRegex(@"^<!-- options: (\w+) -->$")]
    private static partial Regex Marker();
}
