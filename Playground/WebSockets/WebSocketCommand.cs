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
        var recovery = new Option<string?>("--recovery")
        {
            Description = "Where positions are kept, in an SQLite database: start with the same one, and the same --out, to go on.",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "websocket", "Writes the messages of a WebSocket, its own or any other, to a file.")
        {
            url, items, output, recovery, json,
        };
        command.SetAction((parsed, _) =>
        {
            var screen = new Screen(parsed.GetValue(json));
            var path = parsed.GetValue(output);
            if (parsed.GetValue(recovery) is { } store)
            {
                CheckRecovery(parsed.GetValue(url), path, store);
                return RecoveredTradesExample.RunAsync(parsed.GetValue(items) ?? Market.DefaultItems, path!, store, screen);
            }

            return parsed.GetValue(url) is { } address
                ? AnyWebSocketExample.RunAsync(address, parsed.GetValue(items), path, screen)
                : TradesExample.RunAsync(parsed.GetValue(items) ?? Market.DefaultItems, path, screen);
        });
        return command;
    }

    private static void CheckRecovery(Uri? url, string? output, string recovery)
    {
        if (url is not null)
        {
            throw new BadOptionException(
                "--recovery does not go with --url: of a server that nothing is known of, one cannot ask for what was missed.");
        }

        if (output is null)
        {
            throw new BadOptionException("--recovery needs --out: the same file at every start.");
        }

        Paths.CheckFile("--out", output);
        Paths.CheckFile("--recovery", recovery);
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
