using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class WebSocketMessageTests
{
    [Fact]
    public void Text_is_utf8()
    {
        var message = WebSocketMessage.FromText("€");
        Assert.True(message.IsText);
        Assert.Equal([0xE2, 0x82, 0xAC], message.Data.ToArray());
        Assert.Equal("€", message.Text);
        Assert.Equal("€", message.ToString());
    }

    [Fact]
    public void Binary_is_copied_and_has_no_text()
    {
        var bytes = new byte[] { 1, 2 };
        var message = WebSocketMessage.FromBinary(bytes);
        bytes[0] = 9;
        Assert.Equal([1, 2], message.Data.ToArray());
        Assert.False(message.IsText);
        Assert.Equal("2 bytes", message.ToString());
        Assert.Throws<InvalidOperationException>(() => message.Text);
    }

    [Fact]
    public void Text_that_utf8_cannot_hold_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => WebSocketMessage.FromText(null!));
        Assert.ThrowsAny<ArgumentException>(() => WebSocketMessage.FromText("\uD800"));
    }
}
