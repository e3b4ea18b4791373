using System.Globalization;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Kit.Recordings;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Drawing;

public sealed class MarbleTextTests
{
    [Fact]
    public void Look() => File.WriteAllText("/tmp/look.txt",
        MarbleDiagram.Of(new WholeFlow().Run("a:6").Run().Recording).ToText() + new WholeFlow().Run("a:6").Run().Recording
        + Assert.Throws<RecordingDifferenceException>(() => new WholeFlow(1).Run().Recording.ThrowIfDifferent(new WholeFlow(2).Run().Recording)).Message);
}
