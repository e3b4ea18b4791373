using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Tests.Infrastructure;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>
/// A small broker over TCP: it sends each message to one connection, keeps it until it is acknowledged, and sends it again when it
/// is given back or its connection breaks.
/// </summary>
internal sealed class LoopbackBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly SortedSet<int> _ready;
    private readonly Action<int> _acked;
    private readonly List<(Socket Connection, Task Serving)> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    public LoopbackBroker(int messages, Action<int> acked)
    {
        _ready = [.. Enumerable.Range(0, messages)];
        _left = messages;
        _acked = acked;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public bool IsEmpty => Volatile.Read(ref _left) == 0;

    public int Sent { get; private set; }

    /// <summary>Breaks every connection, without a word.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _connections.ForEach(one => one.Connection.Close(0));
        }
    }

    /// <summary>Ends when every connection has closed, and its messages are ready again.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_connections.Select(one => one.Serving)).WaitAsync(Times.Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Break();
        await _accepting;
        await WhenIdleAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                lock (_gate)
                {
                    _connections.Add((connection.Client, ServeAsync(connection)));
                }
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        await Task.Yield();
        var unacked = new HashSet<int>();
        using var gone = new CancellationTokenSource();
        var sending = Task.CompletedTask;
        try
        {
            using var reader = new StreamReader(connection.GetStream());
            await using var writer = new StreamWriter(connection.GetStream());
            writer.AutoFlush = true;
            sending = SendAsync(writer, unacked, gone.Token);
            while (await reader.ReadLineAsync() is { } line)
            {
                Settle(unacked, line.StartsWith("ack ", StringComparison.Ordinal), int.Parse(line[(line.IndexOf(' ') + 1)..]));
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }

        await gone.CancelAsync();
        await sending;
        foreach (var message in unacked.ToArray())
        {
            Settle(unacked, false, message);
        }

        connection.Dispose();
    }

    private async Task SendAsync(StreamWriter writer, HashSet<int> unacked, CancellationToken gone)
    {
        try
        {
            while (true)
            {
                int? next = null;
                Task more;
                lock (_gate)
                {
                    more = _more.Task;
                    if (unacked.Count < 50 && _ready.Count > 0)
                    {
                        next = _ready.Min;
                        _ready.Remove(_ready.Min);
                        unacked.Add(next.Value);
                        Sent++;
                    }
                }

                await (next is { } message ? writer.WriteLineAsync($"{message}") : more.WaitAsync(gone));
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private void Settle(HashSet<int> unacked, bool ack, int message)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            if (!unacked.Remove(message))
            {
                throw new InvalidOperationException($"{message} is not unacknowledged");
            }

            _ = ack ? --_left : _ready.Add(message) ? 0 : throw new InvalidOperationException($"{message} is ready already");
            (more, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        if (ack)
        {
            _acked(message);
        }

        more.SetResult();
    }
}

/// <summary>The broker's client.</summary>
internal sealed class LoopbackConsumer(TcpClient connection) : DeliveryConsumer<int>
{
    private readonly StreamReader _reader = new(connection.GetStream());
    private readonly StreamWriter _writer = new(connection.GetStream());

    public static async ValueTask<DeliveryConsumer<int>> OpenAsync(IPEndPoint broker, CancellationToken cancellationToken)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(broker, cancellationToken);
        return new LoopbackConsumer(connection);
    }

    public override async IAsyncEnumerable<int> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return int.Parse(line);
        }

        throw new IOException("The broker has gone.");
    }

    public override ValueTask AckAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken) =>
        TellAsync("ack", deliveries, cancellationToken);

    public override ValueTask NackAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken) =>
        TellAsync("nack", deliveries, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // A socket that is closed with something unread takes back what was written: the rest is read first.
            connection.Client.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            while (await connection.Client.ReceiveAsync(rest) > 0)
            {
            }
        }
        catch (SocketException)
        {
        }

        connection.Dispose();
        await base.DisposeAsync();
    }

    private async ValueTask TellAsync(string verb, IReadOnlyList<int> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
        {
            await _writer.WriteLineAsync($"{verb} {delivery}".AsMemory(), cancellationToken);
        }

        await _writer.FlushAsync(cancellationToken);
    }
}
