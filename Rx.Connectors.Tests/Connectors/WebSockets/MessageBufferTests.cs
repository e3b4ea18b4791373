using Rx.Connectors.WebSockets;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.WebSockets;

public sealed class MessageBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(10_000)]
    public void Memory_never_grows_past_the_limit_and_one_byte(int limit)
    {
        var buffer = new MessageBuffer(limit);
        var taken = 0;
        while (true)
        {
            var room = buffer.Room();
            Assert.InRange(room.Length, 1, limit + 1 - taken);
            taken += room.Length;
            if (!buffer.Add(room.Length))
            {
                Assert.Equal(limit + 1, taken);
                return;
            }
        }
    }

    [Fact]
    public void Messages_do_not_share_memory()
    {
        var buffer = new MessageBuffer(100_000);
        var messages = new List<ReadOnlyMemory<byte>>();
        foreach (var size in new[] { 1, 4_096, 10, 50_000, 0, 3_000, 3_000 })
        {
            var left = size;
            do
            {
                var room = buffer.Room();
                var count = Math.Min(room.Length, left);
                room.Span[..count].Fill((byte)messages.Count);
                Assert.True(buffer.Add(count));
                left -= count;
            }
            while (left > 0);

            messages.Add(buffer.Take());
            Assert.Equal(size, messages[^1].Length);
            Assert.False(buffer.HasBegun);
        }

        for (var i = 0; i < messages.Count; i++)
        {
            Assert.All(messages[i].ToArray(), value => Assert.Equal(i, value));
        }
    }

    [Fact]
    public void Cleared_message_is_forgotten()
    {
        var buffer = new MessageBuffer(10);
        buffer.Room();
        Assert.True(buffer.Add(7));
        Assert.True(buffer.HasBegun);
        buffer.Clear();
        Assert.False(buffer.HasBegun);
        buffer.Room();
        Assert.True(buffer.Add(10));
        Assert.Equal(10, buffer.Take().Length);
    }
}
