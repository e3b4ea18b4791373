namespace Rx.Connectors.Benchmarks;

/// <summary>A client that calls as fast as it can, on a thread of its own.</summary>
internal static class Pusher
{
    public static Thread Start(int items, Action<int> onNext, Action onCompleted)
    {
        var thread = new Thread(() =>
        {
            for (var i = 0; i < items; i++)
            {
                onNext(i);
            }

            onCompleted();
        })
        {
            IsBackground = true,
            Name = "pusher",
        };
        thread.Start();
        return thread;
    }
}
