using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>A server below HTTP, for what no decent server does. It runs a script for each TCP connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _scripts = [];
    private readonly Task _accepting;
    private int _connections;

    public RawServer(Func<NetworkStream, int, CancellationToken, Task> script)
    {
        _listener.Start();
        Uri = new Uri($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/raw");
        _accepting = AcceptAsync(script);
    }

    public Uri Uri { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Reads the client's request, answers it as a WebSocket server does, and returns it.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="headers">The headers of the answer, beside the one with the accepted key.</param>
    public static async Task<string> HandshakeAsync(
        Stream stream, CancellationToken cancellationToken, string headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n")
    {
        var request = await ReadRequestAsync(stream, cancellationToken);
        var key = request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))
            .Split(':')[1].Trim();
#pragma warning disable CA5350 // The protocol says so.
        var accept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await WriteAsync(
            stream,
            $"HTTP/1.1 101 Switching Protocols\r\n{headers}Sec-WebSocket-Accept: {accept}\r\n\r\n",
            cancellationToken);
        return request;
    }

    public static async Task<string> ReadRequestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            request.Append((char)one[0]);
        }

        return request.ToString();
    }

    /// <summary>Waits for the client's next frame, as the answer to a close. A client then waits a while for the server to go.</summary>
    public static async Task ReadSomeAsync(Stream stream, CancellationToken cancellationToken) =>
        await stream.ReadAtLeastAsync(new byte[4_096], 1, throwOnEndOfStream: false, cancellationToken);

    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken).AsTask();

    /// <summary>One unmasked frame with a short payload.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool final = true) =>
        [(byte)((final ? 0x80 : 0) | opcode), (byte)payload.Length, .. payload];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_scripts);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, int, CancellationToken, Task> script)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _scripts.Add(RunAsync(client, script, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task RunAsync(TcpClient client, Func<NetworkStream, int, CancellationToken, Task> script, int number)
    {
        using (client)
        {
            try
            {
                await script(client.GetStream(), number, _stop.Token);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
            }
        }
    }
}
