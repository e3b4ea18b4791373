using System.CommandLine;
using Rx.Connectors.Playground.Infrastructure;

namespace Rx.Connectors.Playground.WebSockets;

/// <summary>The options of the WebSocket example.</summary>
internal static class WebSocketCommand
{
    public static Command Create()
    {
        var url = Url();
        var items = CommonOptions.Count(
            "--items", $"How many items to read. Default: {Market.DefaultItems:N0} trades; with --url, all until the server closes.");
        var output = CommonOptions.Out("websocket.jsonl");
        var json = CommonOptions.Json();
        var command = new Command(
            "websocket", "Reads trades from a WebSocket server of its own, or the messages of any other, and writes them to a file.")
        {
            url, items, output, CommonOptions.NotYet("--recovery", "FILE"), json,
        };
        command.SetAction((parsed, _) =>
        {
            var screen = new Screen(parsed.GetValue(json));
            var path = parsed.GetValue(output);
            return parsed.GetValue(url) is { } address
                ? AnyWebSocketExample.RunAsync(address, parsed.GetValue(items), path, screen)
                : TradesExample.RunAsync(parsed.GetValue(items) ?? Market.DefaultItems, path, screen);
        });
        return command;
    }

    private static Option<Uri?> Url() => new("--url")
    {
        Description = "Another WebSocket to read, whose messages are written as they are. Default: a server of the example's own.",
        HelpName = "ws://...",
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var uri) &&
                uri is { Scheme: "ws" or "wss", UserInfo: "", Fragment: "" })
            {
                return uri;
            }

            // What it is instead is not repeated: it may hold a password.
            argument.AddError("--url must be ws://... or wss://..., without a user name and without a fragment.");
            return null;
        },
    };
}
