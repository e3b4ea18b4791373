using Rx.Connectors.Sinks;
using Xunit;

namespace Rx.Connectors.Tests.Sinks;

public sealed class SinkWriteExceptionTests
{
    [Fact]
    public void K3_it_says_what_was_confirmed_what_failed_and_what_was_never_tried()
    {
        var cause = new InvalidDataException("too long");
        var exception = new SinkWriteException([0, 1], [new FailedWrite(2, cause)], [3]);
        Assert.Equal([0, 1], exception.Confirmed);
        Assert.Equal(2, Assert.Single(exception.Failed).Index);
        Assert.Equal([3], exception.NotTried);
        Assert.Same(cause, exception.InnerException);
        Assert.Equal(
            "1 of 4 items could not be written, the first of them at index 2: too long (2 confirmed, 1 never tried)",
            exception.Message);
    }

    [Fact]
    public void Without_a_failed_write_it_is_refused()
    {
        Assert.Throws<ArgumentException>("failed", () => new SinkWriteException([0], [], []));
        Assert.Throws<ArgumentNullException>("failed", () => new SinkWriteException([0], null!, []));
        Assert.Throws<ArgumentNullException>(
            "confirmed", () => new SinkWriteException(null!, [new FailedWrite(0, new TimeoutException())], []));
    }
}
