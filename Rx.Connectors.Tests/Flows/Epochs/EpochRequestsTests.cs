using Rx.Connectors.Flows;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

public sealed class EpochRequestsTests
{
    [Fact]
    public void A_closing_answers_those_that_it_holds_and_no_others()
    {
        var requests = new EpochRequests();
        var (first, second, third) = (requests.Add(1), requests.Add(2), requests.Add(2));
        requests.Answer(1, 7);
        Assert.True(first is { IsCompletedSuccessfully: true, Result: 7 });
        Assert.False(second.IsCompleted || third.IsCompleted);
        requests.Answer(2, 8);
        Assert.True(second is { IsCompletedSuccessfully: true, Result: 8 });
        Assert.True(third is { IsCompletedSuccessfully: true, Result: 8 });
    }

    [Fact]
    public void Who_is_left_hears_why_and_later_answers_reach_nobody()
    {
        var requests = new EpochRequests();
        var (answered, left) = (requests.Add(1), requests.Add(2));
        requests.Answer(1, 7);
        requests.Abandon(static () => new InvalidOperationException("ended"));
        requests.Answer(2, 8);
        Assert.True(answered.IsCompletedSuccessfully);
        Assert.Equal("ended", Assert.IsType<InvalidOperationException>(left.Exception!.InnerException).Message);
    }
}
