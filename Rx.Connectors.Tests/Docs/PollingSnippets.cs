using System.Collections.Concurrent;
using System.Net;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/polling.md, line by line, and that it does what the page says.</summary>
public sealed class PollingSnippets
{
    private interface IMailbox
    {
        /// <summary>Throws a TimeoutException when it is empty.</summary>
        string Receive();
    }

    [Fact]
    public void Batch_of_makes_a_partition()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, Enumerable.Range(0, 1_500).Select(i => $"{i}"));
            using var partition = new LinesPartition(path);
            Assert.Equal(1_000, partition.NextBatch()!.Count);
            Assert.Equal(500, partition.NextBatch()!.Count);
            Assert.Null(partition.NextBatch());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Batch_from_getter_ends_with_its_queue()
    {
        using var queue = new BlockingCollection<string> { "a", "b" };

        // snippet: batch-from-getter
        var batches = Batch.FromGetter(
            () => queue.TryTake(out var item) ? item : queue.IsCompleted ? Polled<string>.End : Polled<string>.Nothing,
            count: 100);
        // end-snippet

        queue.CompleteAdding();
        Assert.Equal([["a", "b"]], batches);
    }

    [Fact]
    public void Batch_from_getter_takes_an_exception_for_nothing_now()
    {
        IMailbox client = new EmptyMailbox();

        // snippet: batch-from-getter-exception
        var batches = Batch.FromGetter<string, TimeoutException>(() => client.Receive(), count: 100);
        // end-snippet

        Assert.Empty(batches.First());
    }

    [Fact]
    public void Batch_from_async_gathers_for_a_time()
    {
        var scheduler = new WaitingTestScheduler();
        var stream = ClientScript.Of<string>().Deliver(9_000_000.Ticks(), "a").End(19_000_000.Ticks()).ToStream(scheduler, obeysToken: false);
        var counts = new List<int>();

        // snippet: batch-from-async
        foreach (var batch in Batch.FromAsync(stream, timeout: TimeSpan.FromMilliseconds(500), count: 100, scheduler))
        {
            counts.Add(batch.Count);
        }
        // end-snippet

        Assert.Equal([0, 1, 0], counts);
    }

    [Fact]
    public void Simple_polling_source_reads_pages_as_they_appear()
    {
        var scheduler = new WaitingTestScheduler();
        using var pages = new Pages();
        using var http = new HttpClient(pages) { BaseAddress = new Uri("http://pages.test/") };
        using var partition = new PageSource(http).BuildPartition("in", "singleton", 7);
        partition.Start(scheduler);
        scheduler.AdvanceTo(partition.NextAwake!.Value.UtcTicks);
        pages.Answer = HttpStatusCode.TooManyRequests;
        Assert.Empty(partition.NextBatch()!);
        Assert.Equal(scheduler.Now + TimeSpan.FromSeconds(5), partition.NextAwake);
        scheduler.AdvanceTo(partition.NextAwake!.Value.UtcTicks);
        pages.Answer = HttpStatusCode.OK;
        Assert.Equal(["/pages/7"], partition.NextBatch());
        Assert.Equal(8, partition.Snapshot().Value);
        scheduler.AdvanceTo(partition.NextAwake!.Value.UtcTicks);
        pages.Answer = HttpStatusCode.NotFound;
        Assert.Empty(partition.NextBatch()!);
        Assert.Equal(8, partition.Snapshot().Value);
    }

    // snippet: batch-of
    internal sealed class LinesPartition(string path) : StatelessSourcePartition<string>
    {
        private readonly IEnumerator<IReadOnlyList<string>> _batches = Batch.Of(File.ReadLines(path), count: 1_000).GetEnumerator();

        public override IReadOnlyList<string>? NextBatch() => _batches.MoveNext() ? _batches.Current : null;

        protected override void Dispose(bool disposing)
        {
            _batches.Dispose();
            base.Dispose(disposing);
        }
    }
    // end-snippet

    // snippet: simple-polling-source
    internal sealed class PageSource(HttpClient http)
        : SimplePollingSource<string, int>(interval: TimeSpan.FromMinutes(1), alignTo: DateTimeOffset.UnixEpoch)
    {
        private int _next;

        protected override Polled<string> NextItem()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"pages/{_next}");
            using var response = http.Send(request);
            switch (response.StatusCode)
            {
                case HttpStatusCode.NotFound:
                    return Polled<string>.Nothing;
                case HttpStatusCode.TooManyRequests:
                    return RetryAfter(TimeSpan.FromSeconds(5));
            }

            using var page = new StreamReader(response.EnsureSuccessStatusCode().Content.ReadAsStream());
            var text = page.ReadToEnd();
            _next++;
            return text;
        }

        protected override ResumeState<int> Snapshot() => _next;

        protected override void ResumeFrom(ResumeState<int> resumeState) => _next = resumeState.GetValueOrDefault(0);
    }
    // end-snippet

    private sealed class EmptyMailbox : IMailbox
    {
        public string Receive() => throw new TimeoutException();
    }

    private sealed class Pages : HttpMessageHandler
    {
        public HttpStatusCode Answer { get; set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(Answer) { Content = new StringContent(request.RequestUri!.AbsolutePath) };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
