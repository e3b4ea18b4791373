namespace Rx.Connectors.Testing;

internal static class MarbleSvg
{
    public static string Draw(MarbleRows rows, MarbleOptions options) => "";
}
