using System.Security.Cryptography;
using System.Text;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Recordings;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(7ul)]
    public void The_same_flow_twice_gives_the_same_recording_byte_for_byte(ulong? seed)
    {
        var first = new WholeFlow(seed).Run("a:6").Run();
        var second = new WholeFlow(seed).Run("a:6").Run();
        second.Recording.ThrowIfDifferent(first.Recording);
        Assert.Equal(Encoding.UTF8.GetBytes(first.Recording.ToString()), Encoding.UTF8.GetBytes(second.Recording.ToString()));
        Assert.Equal(16, first.Written.Count());
    }

    [Fact]
    public void Everything_that_can_be_watched_is_in_it() => Assert.Empty(
        Enum.GetValues<RecordedKind>().Except(new WholeFlow().Run("a:6").Run().Recording.Events.Select(one => one.Kind)));

    // Another machine gives the same. If this fails after a change of the flow's own order of things, take the new one over.
    [Theory]
    [InlineData(null, "676A55E5290618B6")]
    [InlineData(7ul, "2E72C0D61524DC14")]
    public void The_recording_is_the_same_on_every_machine(ulong? seed, string hash) => Assert.Equal(
        hash, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(new WholeFlow(seed).Run("a:6").Run().Recording.ToString())))[..16]);

    [Fact]
    public void Another_seed_gives_another_recording_that_differs_where_it_says()
    {
        var first = new WholeFlow(1).Run().Recording;
        var second = new WholeFlow(2).Run().Recording;
        var error = Assert.Throws<RecordingDifferenceException>(() => second.ThrowIfDifferent(first));
        Assert.Equal(first.Events.Take(error.Index), second.Events.Take(error.Index));
        Assert.NotEqual(first.Events[error.Index], second.Events[error.Index]);
    }
}
