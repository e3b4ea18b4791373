namespace Rx.Connectors;

/// <summary>Which fault is switched on in this copy of the library; null for none, and then the copy is as good as the library.</summary>
internal static class Fault
{
    public static string? On { get; set; }

    public static bool Is(string name) => On == name;
}
