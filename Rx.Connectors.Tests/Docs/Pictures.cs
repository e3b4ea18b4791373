using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The pictures of the pages are made by the tests. Where this variable is set they are written instead of compared.</summary>
internal static class Pictures
{
    public const string UpdateVariable = "RXC_UPDATE_DOCS";

    public static void Check(string name, string svg)
    {
        var path = Path.Combine(Pages.Root, name);
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(UpdateVariable)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, svg);
        }

        Assert.True(File.Exists(path), $"There is no {name}; run the tests with {UpdateVariable}=1 to make it.");
        var shown = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.True(shown == svg, $"{name} shows what does not happen any more; run the tests with {UpdateVariable}=1 and look at it.");
    }
}
