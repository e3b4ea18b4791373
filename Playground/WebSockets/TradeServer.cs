using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>A real WebSocket server on a free port of this machine: <c>/trades/{symbol}?from=N</c>.</summary>
internal sealed class TradeServer : IAsyncDisposable
{
    private readonly IReadOnlyList<TradeTape> _tapes;
    private readonly long[] _sent;
    private readonly WebApplication _app;

    private TradeServer(IReadOnlyList<TradeTape> tapes)
    {
        _tapes = tapes;
        _sent = new long[tapes.Count];

        // Empty, so that it reads no configuration and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Map("/trades/{symbol}", StreamAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new UriBuilder(_app.Urls.First()) { Scheme = "ws" }.Uri;

    /// <summary>How many trades it has sent of each symbol.</summary>
    public IReadOnlyDictionary<string, long> Sent =>
        _tapes.Select((tape, index) => (tape.Symbol, Sent: Volatile.Read(ref _sent[index])))
            .ToDictionary(one => one.Symbol, one => one.Sent);

    public static async Task<TradeServer> StartAsync(IReadOnlyList<TradeTape> tapes)
    {
        var server = new TradeServer(tapes);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task StreamAsync(HttpContext context)
    {
        var symbol = (string?)context.GetRouteValue("symbol");
        var index = _tapes.TakeWhile(tape => tape.Symbol != symbol).Count();
        if (index == _tapes.Count)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest ||
            !long.TryParse(context.Request.Query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out var from))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new TradeConnection(socket, () => Interlocked.Increment(ref _sent[index]));
        await connection.SendAsync(_tapes[index], from, context.RequestAborted);
    }
}
