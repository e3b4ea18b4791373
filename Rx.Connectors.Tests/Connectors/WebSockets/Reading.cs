using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

/// <summary>Reads a stream to its end, whatever that is.</summary>
internal static class Reading
{
    public static WebSocketConnectionOptions To(Uri uri) => new() { Uri = uri };

    /// <summary>All messages and what ended them, null for a normal end.</summary>
    public static async Task<(List<WebSocketMessage> Messages, Exception? Error)> AllAsync(
        WebSocketConnectionOptions options, CancellationToken cancellationToken = default)
    {
        var messages = new List<WebSocketMessage>();
        try
        {
            await GatherAsync(options, messages, cancellationToken).WaitAsync(Times.Patience, CancellationToken.None);
            return (messages, null);
        }
        catch (Exception error) when (error is not TimeoutException)
        {
            return (messages, error);
        }
    }

    public static async Task<WebSocketConnectionException> FailureAsync(WebSocketConnectionOptions options, params string[] before)
    {
        var (messages, error) = await AllAsync(options);
        Assert.Equal(before, messages.Select(message => message.Text));
        var failure = Assert.IsType<WebSocketConnectionException>(error);
        Assert.StartsWith(options.Uri.GetLeftPart(UriPartial.Path), failure.Message);
        return failure;
    }

    private static async Task GatherAsync(
        WebSocketConnectionOptions options, List<WebSocketMessage> messages, CancellationToken cancellationToken)
    {
        await foreach (var message in WebSocketReader.Read(options, null, cancellationToken))
        {
            messages.Add(message);
        }
    }
}
