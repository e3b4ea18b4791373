using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Races;

/// <summary>Somebody waits in a mailbox, and others post to it and wake it.</summary>
internal static class MailboxRaces
{
    public static IEnumerable<Race> All =>
    [
        new("mailbox: posts and a wake", PostsAndWake, MostInterruptions: 3),
        new("mailbox: posts as it is left", PostsAsItIsLeft),
    ];

    private static Scene PostsAndWake()
    {
        var mailbox = new Mailbox(DefaultScheduler.Instance);
        var ran = new List<int>();
        var threads = new HashSet<int>();
        var isWoken = false;
        return new Scene(
            [
                ("waiter", () =>
                {
                    mailbox.Enter();
                    threads.Add(Environment.CurrentManagedThreadId);
                    mailbox.Run(() => ran.Count == 2 && isWoken, null, "a race");
                    mailbox.Leave();
                }),
                ("poster", () =>
                {
                    Post(1);
                    Post(2);
                }),
                ("waker", () =>
                {
                    isWoken = true;
                    mailbox.Wake();
                }),
            ],
            () => WrongException.Unless(
                ran.SequenceEqual([1, 2]) && threads.Count == 1, $"ran {string.Join(' ', ran)} on {threads.Count} threads"));

        void Post(int number) => mailbox.Post(
            _ =>
            {
                ran.Add(number);
                threads.Add(Environment.CurrentManagedThreadId);
            },
            null);
    }

    private static Scene PostsAsItIsLeft()
    {
        var mailbox = new Mailbox(DefaultScheduler.Instance);
        // What comes too late runs on a thread that takes no part.
        var ran = new ConcurrentQueue<int>();
        return new Scene(
            [
                ("waiter", () =>
                {
                    mailbox.Enter();
                    mailbox.Run(() => ran.Contains(1), null, "a race");
                    mailbox.Leave();
                }),
                ("poster", () =>
                {
                    mailbox.Post(_ => ran.Enqueue(1), null);
                    mailbox.Post(_ => ran.Enqueue(2), null);
                }),
                ("late", () => mailbox.Post(_ => ran.Enqueue(3), null)),
            ],
            () =>
            {
                Patiently.Until(() => ran.Count >= 3);
                WrongException.Unless(ran.Order().SequenceEqual([1, 2, 3]), $"ran {string.Join(' ', ran)}");
            });
    }
}
