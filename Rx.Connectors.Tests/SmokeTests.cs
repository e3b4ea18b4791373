using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Xunit;

namespace Rx.Connectors.Tests;

public sealed class SmokeTests : ReactiveTest
{
    [Fact]
    public void TestScheduler_drives_buffer_of_this_System_Reactive()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(400, 3), OnCompleted<int>(500));
        var result = scheduler.Start(() => source.Buffer(TimeSpan.FromTicks(100), 2, scheduler).Select(b => b.Count));
        Assert.Equal(4, result.Messages.Count - 1);
    }
}
