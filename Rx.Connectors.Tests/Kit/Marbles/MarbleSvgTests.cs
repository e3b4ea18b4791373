using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Kit.Recordings;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Drawing;

public sealed class MarbleSvgTests
{
    private static readonly string[] _lanes = ["a", "in/a", "out", "s&<>\"'"];

    private static readonly Gen<RecordedEvent> _event = Gen.Select(
        Gen.Long[0, 60], Gen.Int[0, 3].Select(static i => _lanes[i]), Gen.Enum<RecordedKind>(), Gen.String[0, 20].Array[1, 9],
        static (time, lane, kind, items) => new RecordedEvent(time * time * 7, lane, kind, items));

    [Fact]
    public void ToSvg_is_valid_xml_and_nothing_in_it_overlaps_or_leaves_the_picture() => _event.Array[0, 40].Sample(
        static events =>
        {
            var svg = XElement.Parse(MarbleDiagram.Of(events).ToSvg());
            var width = Number(svg, "width");
            var height = Number(svg, "height");
            var boxes = svg.Elements().Where(one => one.Name.LocalName == "g").Select(one => one.Elements().ElementAt(1))
                .Where(one => one.Name.LocalName == "rect")
                .Select(one => (X: Number(one, "x"), Y: Number(one, "y"), W: Number(one, "width"), H: Number(one, "height"))).ToArray();
            Assert.All(boxes, one => Assert.True(one.X >= 0 && one.Y >= 0 && one.X + one.W <= width && one.Y + one.H <= height));
            foreach (var row in boxes.GroupBy(one => one.Y + (one.H / 2)))
            {
                var sorted = row.OrderBy(one => one.X).ToArray();
                Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.X + pair.First.W < pair.Second.X));
            }
        },
        iter: 300);

    [Fact]
    public void ToText_never_fails_and_keeps_its_rows_in_line() => _event.Array[0, 40].Sample(
        static events => Assert.DoesNotContain('\r', MarbleDiagram.Of(events).ToText()), iter: 300);

    [Fact]
    public void ToSvg_twice_is_the_same_in_any_culture()
    {
        var events = new WholeFlow().Run().Recording.Events;
        var svg = MarbleDiagram.Of(events).ToSvg();
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NegativeSign = "~" } };
        try
        {
            Assert.Equal(svg, MarbleDiagram.Of(events).ToSvg());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void ToSvg_says_of_each_thing_what_it_is()
    {
        var svg = MarbleDiagram.Of([new RecordedEvent(5, "in/a", RecordedKind.Polled, ["<a>", "b"])]).ToSvg();
        Assert.Contains("<title>5 in/a polled [&lt;a&gt; b]</title>", svg, StringComparison.Ordinal);
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
