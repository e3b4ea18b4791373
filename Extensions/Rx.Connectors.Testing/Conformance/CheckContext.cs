namespace Rx.Connectors.Testing;

/// <summary>What all checks of a source share.</summary>
internal sealed class CheckContext<T>(
    SourceSubject<T> subject, SourceConformanceOptions<T> options, Findings findings, ClockKind kind, Watch watch)
{
    private readonly KeyComparer<T> _keys = new(options.Key);

    public SourceSubject<T> Subject => subject;

    public SourceConformanceOptions<T> Options => options;

    public Findings Findings => findings;

    public Watch Watch => watch;

    /// <summary>Whether a source is given more time to give something.</summary>
    public bool IsPatient { get; init; }

    public bool IsReal => kind == ClockKind.Real;

    public IEqualityComparer<T> Keys => _keys;

    /// <summary>How many items are read of a source whose client is its own: one more than it should have, so that its end shows.</summary>
    public int Most => subject.Item is not null ? int.MaxValue : Math.Max(options.Items, (options.Expected?.Count ?? -1) + 1);

    /// <summary>The same for another source, told elsewhere.</summary>
    public CheckContext<T> With(SourceSubject<T> other, Findings found) =>
        new(other, options, found, kind, watch) { IsPatient = true };

    public ConformanceClock NewClock() => new(kind, options.Patience);

    /// <summary>A client's script, where the client is scripted.</summary>
    public ConformanceScript<T>? Script(
        ClientEnd end = ClientEnd.Completes, ClientFault fault = ClientFault.None, int? count = null, bool floods = false) =>
        subject.Item is { } item
            ? new ConformanceScript<T>(item, count ?? options.Items) { End = end, Fault = fault, Floods = floods } : null;

    public SourceRun<T> Open(string position = SourceSubject<T>.None, ConformanceScript<T>? script = null, int? most = null) =>
        new(this, position, script ?? Script(), most ?? Most);

    /// <summary>A whole run of a host.</summary>
    public SourceRun<T> Read(
        Action<SourceRun<T>> host, string position = SourceSubject<T>.None, ConformanceScript<T>? script = null, int? most = null)
    {
        using var run = Open(position, script, most);
        run.Start();
        host(run);
        return run;
    }
}

/// <summary>Compares items by what tells them apart.</summary>
internal sealed class KeyComparer<T>(Func<T, object?>? key) : IEqualityComparer<T>
{
    public bool Equals(T? x, T? y) => key is null
        ? EqualityComparer<T>.Default.Equals(x, y) : Equals(key(x!), key(y!));

    public int GetHashCode(T obj) => (key is null ? obj : key(obj))?.GetHashCode() ?? 0;
}
