using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rx.Connectors.Csv;

/// <summary>One row. The names are shared by all rows; a row that is too short has only the first of them.</summary>
internal sealed class CsvFields(CsvHeader header, string[] fields) : IReadOnlyDictionary<string, string>
{
    public int Count => fields.Length;

    public IEnumerable<string> Keys => header.Names.Take(fields.Length);

    public IEnumerable<string> Values => fields;

    public string this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The row has no field \"{key}\".");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var found = header.TryFind(key, out var index) && index < fields.Length;
        value = found ? fields[index] : null;
        return found;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        Keys.Zip(fields, KeyValuePair.Create).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(", ", this.Select(static field => $"{field.Key}={field.Value}"));
}

/// <summary>The names of the columns.</summary>
internal sealed class CsvHeader
{
    private readonly Dictionary<string, int> _indices;

    private CsvHeader(string[] names)
    {
        Names = names;
        _indices = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            Duplicate = _indices.TryAdd(names[i], i) ? Duplicate : Duplicate ?? names[i];
        }
    }

    public static CsvHeader Of(string[] names, CsvSourceOptions options)
    {
        if (!options.HasHeader)
        {
            return new CsvHeader([.. Enumerable.Range(1, names.Length).Select(static i => i.ToString(CultureInfo.InvariantCulture))]);
        }

        // One column may have an empty name. Several at the end are what is left of a larger table, and hold nothing.
        var named = Array.FindLastIndex(names, static name => name.Length > 0) + 1;
        names = named > 0 && names.Length - named > 1 ? names[..named] : names;
        return new CsvHeader(options.NumberDuplicateNames ? Number(names) : names);
    }

    public string[] Names { get; }

    /// <summary>The first name that comes twice, or null.</summary>
    public string? Duplicate { get; }

    private static string[] Number(string[] names)
    {
        var used = names.ToHashSet(StringComparer.Ordinal);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            var count = seen[name] = seen.GetValueOrDefault(name) + 1;
            var numbered = name;
            while (count > 1 && !used.Add(numbered = string.Create(CultureInfo.InvariantCulture, $"{name}_{count}")))
            {
                count++;
            }

            return numbered;
        })];
    }

    public bool TryFind(string name, out int index) => _indices.TryGetValue(name, out index);
}
