// snippet: tutorial-client
/// <summary>A quote of a market. Quotes are numbered without gaps.</summary>
public sealed record Quote(long Number, long Price);

/// <summary>Stands for a client library: it connects, receives, sends and closes. It makes up its quotes, and needs no server.</summary>
public sealed class MarketClient : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private long _next;

    private MarketClient(long from, TimeProvider time) => (_next, _time) = (from, time);

    /// <summary>Opens a connection. The first quote that it receives has the number <paramref name="from"/>.</summary>
    public static async Task<MarketClient> ConnectAsync(string url, long from = 0, TimeProvider? time = null)
    {
        if (!url.StartsWith("market://", StringComparison.Ordinal))
        {
            throw new IOException($"No market answers at '{url}'. The address of a market begins with market://.");
        }

        time ??= TimeProvider.System;
        await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        return new MarketClient(from, time);
    }

    /// <summary>Waits for the next quote. There are ten a second.</summary>
    public async Task<Quote> ReceiveAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), _time);
        var number = _next++;
        return new Quote(number, 100 + (number * 7 % 10));
    }

    /// <summary>Sends a message. The task ends when the market has it.</summary>
    public async Task SendAsync(string message)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(5), _time);
        Console.WriteLine($"sent: {message}");
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
// end-snippet
