using Rx.Connectors.Scheduling;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class WebSocketOptionsTests
{
    private static readonly Dictionary<string, (string Parameter, Func<Uri, WebSocketConnectionOptions> Make)> _bad = new()
    {
        ["no options"] = ("options", _ => null!),
        ["no uri"] = ("options.Uri", _ => new() { Uri = null! }),
        ["relative uri"] = ("options.Uri", _ => new() { Uri = new Uri("feed", UriKind.Relative) }),
        ["http uri"] = ("options.Uri", uri => new() { Uri = new UriBuilder(uri) { Scheme = "http" }.Uri }),
        ["uri with a password"] = ("options.Uri", uri => new() { Uri = new UriBuilder(uri) { UserName = "me" }.Uri }),
        ["uri with a fragment"] = ("options.Uri", uri => new() { Uri = new Uri(uri, "#part") }),
        ["no headers"] = ("options.Headers", uri => new() { Uri = uri, Headers = null! }),
        ["header without a name"] = ("options.Headers", uri => Header(uri, "", "x")),
        ["header with a space"] = ("options.Headers", uri => Header(uri, "A B", "x")),
        ["header of the handshake"] = ("options.Headers", uri => Header(uri, "upgrade", "x")),
        ["key of the handshake"] = ("options.Headers", uri => Header(uri, "sec-websocket-key", "x")),
        ["header without a value"] = ("options.Headers", uri => Header(uri, "A", null!)),
        ["header with a line break"] = ("options.Headers", uri => Header(uri, "A", "x\r\nB: y")),
        ["header twice"] = ("options.Headers", uri => new()
        {
            Uri = uri,
            Headers = new Dictionary<string, string> { ["A"] = "1", ["a"] = "2" },
        }),
        ["no sub-protocols"] = ("options.SubProtocols", uri => new() { Uri = uri, SubProtocols = null! }),
        ["sub-protocol without a name"] = ("options.SubProtocols", uri => new() { Uri = uri, SubProtocols = ["v1", ""] }),
        ["sub-protocol with a comma"] = ("options.SubProtocols", uri => new() { Uri = uri, SubProtocols = ["v1,v2"] }),
        ["sub-protocol twice"] = ("options.SubProtocols", uri => new() { Uri = uri, SubProtocols = ["v1", "V1"] }),
        ["size 0"] = ("options.MaxMessageSize", uri => new() { Uri = uri, MaxMessageSize = 0 }),
        ["size too large"] = ("options.MaxMessageSize", uri => new() { Uri = uri, MaxMessageSize = int.MaxValue }),
        ["interval 0"] = ("options.KeepAliveInterval", uri => new() { Uri = uri, KeepAliveInterval = TimeSpan.Zero }),
        ["interval too long"] = ("options.KeepAliveInterval", uri => new() { Uri = uri, KeepAliveInterval = TooLong }),
        ["pong 0"] = ("options.KeepAliveTimeout", uri => new() { Uri = uri, KeepAliveTimeout = TimeSpan.Zero }),
        ["pong too long"] = ("options.KeepAliveTimeout", uri => new() { Uri = uri, KeepAliveTimeout = TooLong }),
        ["connect 0"] = ("options.ConnectTimeout", uri => new() { Uri = uri, ConnectTimeout = TimeSpan.Zero }),
        ["connect too long"] = ("options.ConnectTimeout", uri => new() { Uri = uri, ConnectTimeout = TooLong }),
        ["close negative"] = ("options.CloseTimeout", uri => new() { Uri = uri, CloseTimeout = -TimeSpan.FromTicks(1) }),
        ["close infinite"] = ("options.CloseTimeout", uri => new() { Uri = uri, CloseTimeout = Timeout.InfiniteTimeSpan }),
        ["close too long"] = ("options.CloseTimeout", uri => new() { Uri = uri, CloseTimeout = TooLong }),
        ["attempts 0"] = ("options.Reconnect.MaxRetryAttempts", uri => new() { Uri = uri, Reconnect = new() { MaxRetryAttempts = 0 } }),
        ["no backoff"] = ("options.Reconnect.Backoff", uri => new() { Uri = uri, Reconnect = new() { Backoff = null! } }),
        ["base delay 0"] = ("options.Reconnect.Backoff.BaseDelay", uri => Backoff(uri, new() { BaseDelay = TimeSpan.Zero })),
        ["delay below the base"] = ("options.Reconnect.Backoff.MaxDelay", uri => Backoff(uri, new() { MaxDelay = TimeSpan.Zero })),
    };

    public static TheoryData<string> BadOptions => [.. _bad.Keys];

    private static TimeSpan TooLong => WebSocketConnectionOptions.LongestTime + TimeSpan.FromTicks(1);

    [Fact]
    public void Defaults_are_pinned()
    {
        var options = new WebSocketConnectionOptions { Uri = new Uri("ws://127.0.0.1/") };
        Assert.Empty(options.Headers);
        Assert.Empty(options.SubProtocols);
        Assert.Equal(1_048_576, options.MaxMessageSize);
        Assert.Equal(TimeSpan.FromSeconds(30), options.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromSeconds(20), options.KeepAliveTimeout);
        Assert.Equal(TimeSpan.FromSeconds(15), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CloseTimeout);
        Assert.Null(options.Reconnect);
        Assert.Null(options.OnConnecting);
        Assert.Null(options.Configure);
        Assert.Equal(TimeSpan.FromDays(1), WebSocketConnectionOptions.LongestTime);
        var reconnect = new WebSocketReconnectOptions();
        Assert.Equal(10, reconnect.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromMilliseconds(200), reconnect.Backoff.BaseDelay);
        Assert.Null(reconnect.ShouldRetry);
    }

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task Bad_option_is_refused_by_name_before_anything_starts(string bad)
    {
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        var (parameter, make) = _bad[bad];
        var options = make(server.Uri);
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(() => WebSocketReader.Read(options)).ParamName);
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(() => new WebSocketSource(options)).ParamName);
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(() => new WebSocketSender(options)).ParamName);
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(() => new WebSocketSink(options)).ParamName);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public void Refusal_says_what_is_allowed()
    {
        var options = new WebSocketConnectionOptions { Uri = new Uri("ws://127.0.0.1/"), ConnectTimeout = TimeSpan.Zero };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => WebSocketReader.Read(options));
        Assert.StartsWith(
            "WebSocketConnectionOptions.ConnectTimeout must be more than zero and at most 1.00:00:00, or Timeout.InfiniteTimeSpan.",
            refused.Message);
    }

    [Fact]
    public void Refusal_does_not_tell_secrets()
    {
        var options = Header(new Uri("ws://127.0.0.1/"), "Authorization", "secret\n");
        Assert.DoesNotContain("secret", Assert.ThrowsAny<ArgumentException>(() => WebSocketReader.Read(options)).Message);
    }

    [Fact]
    public void Bridge_options_are_refused_by_the_source_too()
    {
        var options = Reading.To(new Uri("ws://127.0.0.1/"));
        var refused = Assert.ThrowsAny<ArgumentException>(() => new WebSocketSource(options, new() { MaxBatchSize = 0 }));
        Assert.Equal("options.MaxBatchSize", refused.ParamName);
    }

    [Fact]
    public void Infinite_times_are_allowed_where_they_say_so()
    {
        var never = Timeout.InfiniteTimeSpan;
        Assert.NotNull(WebSocketReader.Read(new()
        {
            Uri = new Uri("wss://127.0.0.1/"),
            KeepAliveInterval = never,
            KeepAliveTimeout = never,
            ConnectTimeout = never,
            CloseTimeout = TimeSpan.Zero,
            Reconnect = new() { MaxRetryAttempts = null },
        }));
    }

    private static WebSocketConnectionOptions Header(Uri uri, string name, string value) =>
        new() { Uri = uri, Headers = new Dictionary<string, string> { [name] = value } };

    private static WebSocketConnectionOptions Backoff(Uri uri, BackoffOptions backoff) =>
        new() { Uri = uri, Reconnect = new() { Backoff = backoff } };
}
