using Rx.Connectors.Playground.Files;
using Rx.Connectors.Playground.Infrastructure;
using Rx.Connectors.Playground.Simulate;
using Rx.Connectors.Playground.WebSockets;

return await CommandLine.RunAsync(args, WebSocketCommand.Create(), FilesCommand.Create(), SimulateCommand.Create());
