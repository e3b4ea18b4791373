using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rx.Connectors.Scheduling;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>Answers to the handshake that lead astray, and whether it is worth another attempt.</summary>
public sealed class WebSocketHandshakeTests
{
    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";

    private static readonly BackoffOptions _fast = new() { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    [Theory]
    [InlineData(300, "localhost")]
    [InlineData(301, "localhost")]
    [InlineData(302, "localhost")]
    [InlineData(303, "localhost")]
    [InlineData(307, "localhost")]
    [InlineData(308, "localhost")]
    [InlineData(307, "127.0.0.1")]
    [InlineData(307, "")]
    public async Task A_redirect_is_not_followed_and_takes_no_credentials_along(int status, string host)
    {
        await using var other = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.HandshakeAsync(stream, ct);
            await stream.WriteAsync(RawServer.Frame(8, []), ct);
            await RawServer.ReadSomeAsync(stream, ct);
        });
        await using var server = new RawServer(async (stream, number, ct) =>
        {
            await RawServer.ReadRequestAsync(stream, ct);
            var location = host.Length == 0 && number == 1
                ? "/elsewhere?token=secret" : $"http://me:secret@{(host.Length == 0 ? "localhost" : host)}:{other.Uri.Port}/other?token=secret";
            await RawServer.WriteAsync(
                stream, $"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n", ct);
        });
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            Headers = new Dictionary<string, string> { ["X-Api-Key"] = "key", ["Authorization"] = "Bearer key" },
            Reconnect = new() { Backoff = _fast },
            Configure = options =>
            {
                options.Cookies = new CookieContainer();
                options.Cookies.Add(new Cookie("session", "key", "/", "localhost"));
                options.Cookies.Add(new Cookie("session", "key", "/", "127.0.0.1"));
                options.Credentials = new NetworkCredential("me", "key");
            },
        });
        Assert.Equal(0, other.Connections);
        Assert.Equal(1, server.Connections);
        Assert.Equal((WebSocketFailure.HandshakeRefused, (HttpStatusCode?)status), (failure.Failure, failure.HttpStatus));
        Assert.False(failure.IsTransient);
        Assert.Contains(host.Length == 0 ? "/elsewhere" : $"{host}:{other.Uri.Port}/other", failure.Message);
        Assert.DoesNotContain("secret", failure.ToString());
    }

    [Fact]
    public async Task Cookies_and_credentials_reach_the_server_they_are_for()
    {
        var requests = new List<string>();
        await using var server = new RawServer(async (stream, number, ct) =>
        {
            if (number == 1)
            {
                requests.Add(await RawServer.ReadRequestAsync(stream, ct));
                await RawServer.WriteAsync(
                    stream,
                    "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"feed\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ct);
                return;
            }

            requests.Add(await RawServer.HandshakeAsync(stream, ct));
            await stream.WriteAsync(RawServer.Frame(8, []), ct);
            await RawServer.ReadSomeAsync(stream, ct);
        });
        var (_, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Configure = options =>
            {
                options.Cookies = new CookieContainer();
                options.Cookies.Add(new Cookie("session", "key", "/", "127.0.0.1"));
                options.Credentials = new NetworkCredential("me", "key");
            },
        });
        Assert.Null(error);
        Assert.All(requests, request => Assert.Contains("Cookie: session=key\r\n", request));
        Assert.DoesNotContain("Authorization", requests[0]);
        Assert.Contains("Authorization: Basic bWU6a2V5\r\n", requests[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Connection)]
    [InlineData(Upgrade)]
    [InlineData("Upgrade: h2c\r\n" + Connection)]
    [InlineData(Upgrade + "Connection: close\r\n")]
    public async Task Switching_to_something_else_is_refused_for_good(string headers)
    {
        await using var server = Answering(headers);
        var failure = await Reading.FailureAsync(new() { Uri = server.Uri, Reconnect = new() { Backoff = _fast } });
        Assert.Equal(WebSocketFailure.HandshakeRefused, failure.Failure);
        Assert.False(failure.IsTransient);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("x-mux")]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits=15")]
    [InlineData("\"")]
    public async Task An_extension_nobody_asked_for_violates_the_protocol(string extension)
    {
        await using var server = Answering($"{Upgrade}{Connection}Sec-WebSocket-Extensions: {extension}\r\n");
        var failure = await Reading.FailureAsync(new() { Uri = server.Uri, Reconnect = new() { Backoff = _fast } });
        Assert.Equal(WebSocketFailure.ProtocolViolated, failure.Failure);
        Assert.False(failure.IsTransient);
        Assert.Contains("Sec-WebSocket-Extensions", failure.Message);
    }

    [Theory]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate, x-mux", false)]
    [InlineData("x-mux, permessage-deflate", false)]
    public async Task An_extension_that_was_asked_for_is_taken_and_none_beside_it(string extensions, bool taken)
    {
        await using var server = Answering($"{Upgrade}{Connection}Sec-WebSocket-Extensions: {extensions}\r\n", close: true);
        var (_, error) = await Reading.AllAsync(new()
        {
            Uri = server.Uri,
            Configure = options => options.DangerousDeflateOptions = new(),
        });
        Assert.Equal(taken ? null : WebSocketFailure.ProtocolViolated, (error as WebSocketConnectionException)?.Failure);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("v1")]
    public async Task A_sub_protocol_nobody_asked_for_is_refused(string? offered)
    {
        await using var server = Answering($"{Upgrade}{Connection}Sec-WebSocket-Protocol: v2\r\n");
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            SubProtocols = offered is null ? [] : [offered],
            Reconnect = new() { Backoff = _fast },
        });
        Assert.Equal(WebSocketFailure.SubProtocolRefused, failure.Failure);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(407, false)]
    [InlineData(408, true)]
    [InlineData(410, false)]
    [InlineData(425, true)]
    [InlineData(426, false)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task A_status_that_will_not_change_is_not_tried_again_whoever_says_it(int status, bool transient)
    {
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await RawServer.ReadRequestAsync(stream, ct);
            await RawServer.WriteAsync(stream, $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ct);
        });
        foreach (var options in new WebSocketConnectionOptions[]
        {
            new() { Uri = server.Uri },
            new() { Uri = server.Uri, Configure = client => client.CollectHttpResponseDetails = false },
            new() { Uri = new Uri("wss://feed.example/"), Configure = client => client.Proxy = new WebProxy("127.0.0.1", server.Uri.Port) },
        })
        {
            var failure = await Reading.FailureAsync(options);
            Assert.Equal(
                (WebSocketFailure.HandshakeRefused, (HttpStatusCode?)status, transient),
                (failure.Failure, failure.HttpStatus, failure.IsTransient));
        }
    }

    [Fact]
    public async Task A_bad_certificate_is_not_tried_again()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=elsewhere.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await using var server = new RawServer(async (stream, _, ct) =>
        {
            await using var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(certificate);
            await RawServer.HandshakeAsync(secured, ct);
            await secured.WriteAsync(RawServer.Frame(8, []), ct);
            await RawServer.ReadSomeAsync(secured, ct);
        });
        var uri = new UriBuilder(server.Uri) { Scheme = "wss" }.Uri;
        var failure = await Reading.FailureAsync(new() { Uri = uri, Reconnect = new() { Backoff = _fast } });
        Assert.Equal(WebSocketFailure.ConnectFailed, failure.Failure);
        Assert.False(failure.IsTransient, failure.Message);
        Assert.Equal(1, server.Connections);

        // Who says that it is the right one gets through.
        var (_, error) = await Reading.AllAsync(new()
        {
            Uri = uri,
            Configure = options => options.RemoteCertificateValidationCallback = (_, given, _, _) =>
                given!.GetCertHashString() == certificate.GetCertHashString(),
        });
        Assert.Null(error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnConnecting_counts_towards_ConnectTimeout_and_is_never_called_twice_at_a_time(bool listens)
    {
        var calls = 0;
        var hanging = new TaskCompletionSource();
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var failure = await Reading.FailureAsync(new()
        {
            Uri = server.Uri,
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            Reconnect = new() { MaxRetryAttempts = 2, Backoff = _fast },
            OnConnecting = async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref calls);
                await (listens ? Task.Delay(Timeout.Infinite, cancellationToken) : hanging.Task);
            },
        });
        Assert.Equal(WebSocketFailure.ConnectTimedOut, failure.Failure);
        Assert.Contains("OnConnecting", failure.Message);
        Assert.Equal((listens ? 3 : 1, 0), (calls, server.Connections));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnConnecting_that_hangs_or_blocks_does_not_keep_a_reader_from_stopping(bool blocks)
    {
        using var stop = new CancellationTokenSource();
        using var blocking = new ManualResetEventSlim();
        var hanging = new TaskCompletionSource();
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var (_, error) = await Reading.AllAsync(
            new()
            {
                Uri = server.Uri,
                OnConnecting = async (_, _) =>
                {
                    if (blocks)
                    {
                        stop.CancelAfter(1);
                        blocking.Wait();
                    }

                    await stop.CancelAsync();
                    await hanging.Task;
                },
            },
            stop.Token);
        blocking.Set();
        Assert.IsAssignableFrom<OperationCanceledException>(error);
    }

    [Theory]
    [InlineData("https://me:secret@feed.example/?token=secret")]
    [InlineData("wss://me:secret@feed.example/?token=secret")]
    [InlineData("wss://feed.example/?token=secret#secret")]
    [InlineData("me:secret@feed.example/?token=secret")]
    [InlineData("/feed?token=secret")]
    public void A_refused_uri_is_named_without_its_secrets(string uri)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(
            () => WebSocketReader.Read(new() { Uri = new Uri(uri, UriKind.RelativeOrAbsolute) }));
        Assert.DoesNotContain("secret", refused.Message);
        var failure = new WebSocketConnectionException(
            new Uri("wss://me:secret@feed.example:81/a/b?token=secret"), WebSocketFailure.ConnectionLost, "was lost.");
        Assert.Equal("wss://feed.example:81/a/b was lost.", failure.Message);
    }

    private static RawServer Answering(string headers, bool close = false) => new(async (stream, _, ct) =>
    {
        await RawServer.HandshakeAsync(stream, ct, headers);
        if (close)
        {
            await stream.WriteAsync(RawServer.Frame(8, []), ct);
        }

        await RawServer.ReadSomeAsync(stream, ct);
        await Task.Delay(Timeout.Infinite, ct);
    });
}
