using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rx.Connectors.WebSockets;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>A real server on loopback which runs a script for each connection, one after the other's number.</summary>
internal sealed class LoopbackWebSocketServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stop = new();
    private int _requests;

    private LoopbackWebSocketServer(WebApplication application) => _application = application;

    /// <summary>How many handshakes were begun.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public Uri Uri { get; private set; } = null!;

    /// <summary>What went wrong in scripts; a test that cares looks.</summary>
    public ConcurrentQueue<Exception> ScriptErrors { get; } = new();

    /// <summary>Starts a server whose script gets the socket and the number of the connection, from 1.</summary>
    public static Task<LoopbackWebSocketServer> StartAsync(Func<WebSocket, int, CancellationToken, Task> script) =>
        StartRawAsync(async (context, number, cancellationToken) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await script(socket, number, cancellationToken);
        });

    /// <summary>Starts a server whose script accepts the WebSocket itself, or does not.</summary>
    public static async Task<LoopbackWebSocketServer> StartRawAsync(Func<HttpContext, int, CancellationToken, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = new LoopbackWebSocketServer(builder.Build());
        server._application.UseWebSockets();
        server._application.Run(context => server.RunAsync(context, script));
        await server._application.StartAsync();
        var address = server._application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Uri = new UriBuilder(address) { Scheme = "ws", Path = "/feed" }.Uri;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _application.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(HttpContext context, Func<HttpContext, int, CancellationToken, Task> script)
    {
        var number = Interlocked.Increment(ref _requests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, context.RequestAborted);
        try
        {
            await script(context, number, stop.Token);
        }
        catch (Exception thrown)
        {
            ScriptErrors.Enqueue(thrown);
        }
    }
}

/// <summary>What scripts do.</summary>
internal static class WebSocketScripts
{
    public static Task TextAsync(this WebSocket socket, string text, CancellationToken cancellationToken, bool end = true) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end, cancellationToken);

    public static Task BytesAsync(
        this WebSocket socket, byte[] bytes, CancellationToken cancellationToken, bool end = true, bool text = false) =>
        socket.SendAsync(bytes, text ? WebSocketMessageType.Text : WebSocketMessageType.Binary, end, cancellationToken);

    public static Task CloseNormallyAsync(this WebSocket socket, CancellationToken cancellationToken) =>
        socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

    /// <summary>The next whole message; null for a close, which is answered.</summary>
    public static async Task<WebSocketMessage?> ReceiveMessageAsync(this WebSocket socket, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var room = new byte[4096];
        while (true)
        {
            var frame = await socket.ReceiveAsync(new ArraySegment<byte>(room), cancellationToken);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return null;
            }

            bytes.Write(room, 0, frame.Count);
            if (frame.EndOfMessage)
            {
                return frame.MessageType == WebSocketMessageType.Text
                    ? WebSocketMessage.FromText(Encoding.UTF8.GetString(bytes.ToArray()))
                    : WebSocketMessage.FromBinary(bytes.ToArray());
            }
        }
    }

    /// <summary>Reads until the other side closes.</summary>
    public static async Task ServeUntilClosedAsync(this WebSocket socket, CancellationToken cancellationToken)
    {
        while (await socket.ReceiveMessageAsync(cancellationToken) is not null)
        {
        }
    }
}
