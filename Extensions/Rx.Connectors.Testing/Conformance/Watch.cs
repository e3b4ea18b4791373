namespace Rx.Connectors.Testing;

/// <summary>Runs checks on a thread of their own, and tells when a call of the connector does not return.</summary>
internal sealed class Watch(TimeSpan patience)
{
    private volatile string? _call;
    private long _calls;

    /// <summary>Makes a call of the connector's.</summary>
    public T Call<T>(string name, Func<T> call)
    {
        Interlocked.Increment(ref _calls);
        _call = name;
        try
        {
            return call();
        }
        finally
        {
            _call = null;
        }
    }

    public void Call(string name, Action call) => Call(name, () =>
    {
        call();
        return true;
    });

    /// <summary>Runs the checks to their end, or to a call that does not return, whose thread is then left alone.</summary>
    /// <returns>The name of that call; null if all returned.</returns>
    public string? Run(Action checks)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                checks();
            }
            catch (Exception failed)
            {
                error = failed;
            }
        })
        { IsBackground = true, Name = "conformance" };
        thread.Start();
        for (var calls = -1L; !thread.Join(patience);)
        {
            var now = Interlocked.Read(ref _calls);
            if (_call is { } call && now == calls)
            {
                return call;
            }

            calls = now;
        }

        return error is null ? null : throw new CheckException(error);
    }
}

/// <summary>A check could not go on.</summary>
internal sealed class CheckException(Exception inner) : Exception(inner.Message, inner);
