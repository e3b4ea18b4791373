using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Docs;
using Xunit;

namespace Rx.Connectors.Tests.Architecture;

public sealed class SourceFoldersTests
{
    [Fact]
    public void Circles_are_found()
    {
        (string From, string To)[] arrows = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("e", "e"), ("f", "g"), ("g", "h"), ("h", "f")];
        Assert.Equal(["b, c", "e", "f, g, h"], Circles.Find(arrows).Select(static circle => string.Join(", ", circle)));
    }

    [Fact]
    public void Arrows_are_found_in_signatures_in_code_and_of_constants()
    {
        var arrows = new SourceFolders(typeof(Dataflow).Assembly, Path.Combine(Pages.Root, "Rx.Connectors")).Arrows();
        Assert.All(
            [("Flows", "Flows/Options"), ("Flows/Workers", "Flows/Epochs"), ("Flows/Opening", "Flows/Steps"), ("Flows/Ending", "Flows/Opening")],
            arrow => Assert.Contains(arrow, arrows.Keys));
        Assert.DoesNotContain(("Flows/Workers", "Flows"), arrows.Keys);
    }
}
