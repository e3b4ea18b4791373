using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Connectors.WebSockets;

/// <summary>
/// The HTTP of one handshake. It goes to the server it is for and nowhere else: the client's own would follow a redirect to another
/// host, with the caller's headers. It remembers the answer, and refuses what the client would take.
/// </summary>
internal sealed class Handshake : DelegatingHandler
{
    private static readonly IWebProxy? _defaultProxy = FindDefaultProxy();

    private Handshake(SocketsHttpHandler handler)
        : base(handler) => Invoker = new HttpMessageInvoker(this, disposeHandler: false);

    /// <summary>What <see cref="ClientWebSocket"/> is to send its request with.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>The status of the answer; null if there was none.</summary>
    public HttpStatusCode? Status { get; private set; }

    /// <summary>Whether the status came from a proxy on the way.</summary>
    public bool IsOfProxy { get; private set; }

    /// <summary>Where the answer redirects to, as it says it.</summary>
    public Uri? Location { get; private set; }

    /// <summary>What of the answer the protocol does not allow; null if nothing.</summary>
    public string? Violation { get; private set; }

    /// <summary>Takes over what the client's own handler would have done: the client refuses to have it done twice.</summary>
    public static Handshake TakeOver(ClientWebSocketOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            UseCookies = options.Cookies is not null,
            UseProxy = options.Proxy is not null,
            Proxy = options.Proxy == _defaultProxy ? null : options.Proxy,
            Credentials = options.UseDefaultCredentials ? CredentialCache.DefaultCredentials : options.Credentials,
        };
        if (options.Cookies is { } cookies)
        {
            handler.CookieContainer = cookies;
        }

        handler.SslOptions.RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback;
        if (options.ClientCertificates.Count > 0)
        {
            handler.SslOptions.ClientCertificates = options.ClientCertificates;
        }

        options.Cookies = null;
        options.Proxy = _defaultProxy;
        options.UseDefaultCredentials = false;
        options.Credentials = null;
        options.RemoteCertificateValidationCallback = null;
        options.ClientCertificates = new X509CertificateCollection();
        return new Handshake(handler);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException refused) when (refused.StatusCode is not null)
        {
            (Status, IsOfProxy) = (refused.StatusCode, true);
            throw;
        }

        (Status, Location) = (response.StatusCode, response.Headers.Location);
        if (Status == HttpStatusCode.SwitchingProtocols)
        {
            Violation = FindViolation(request.Headers, response.Headers);
            if (Violation is not null)
            {
                response.Dispose();
                throw new WebSocketException(WebSocketError.HeaderError, Violation);
            }

            response.Content = new CheckedContent(response.Content);
        }

        return response;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Invoker.Dispose();
    }

    private static string? FindViolation(HttpRequestHeaders asked, HttpResponseHeaders given)
    {
        const string Extensions = "Sec-WebSocket-Extensions";
        var offered = Names(asked, Extensions).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Names(given, Extensions).FirstOrDefault(name => !offered.Contains(name)) is { } unasked
            ? $"it switched on the extension '{unasked}', which was not asked for ({Extensions})" : null;
    }

    private static IEnumerable<string> Names(HttpHeaders headers, string header) =>
        headers.TryGetValues(header, out var values)
            ? values.SelectMany(static value => value.Split(',')).Select(static one => one.Split(';')[0].Trim())
            : [];

    private static IWebProxy? FindDefaultProxy()
    {
        using var untouched = new ClientWebSocket();
        return untouched.Options.Proxy;
    }

    /// <summary>The open connection, whose frames are looked at.</summary>
    private sealed class CheckedContent(HttpContent content) : HttpContent
    {
        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
            new CheckedStream(content.ReadAsStream(cancellationToken));

        protected override async Task<Stream> CreateContentReadStreamAsync() =>
            new CheckedStream(await content.ReadAsStreamAsync().ConfigureAwait(false));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            base.Dispose(disposing);
        }
    }
}
