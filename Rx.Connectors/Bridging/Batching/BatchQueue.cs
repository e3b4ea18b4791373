using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// What waits to be handed out: the batches that are ready, and the one that is being filled. It decides when one is ready (rule S7).
/// It is under the bridge's lock, save for what <see cref="OpenBatch{T,TMark}"/> says.
/// </summary>
internal sealed class BatchQueue<T, TMark>(int maxCount, TimeSpan maxDelay, ElapsedTime elapsed)
{
    // A busy bridge has about as many on their way, and the arrays for their marks are used again.
    private const int SpareItems = 4_096;
    private const int FewSpares = 8;

    private readonly int _mostSpares = Math.Max(FewSpares, SpareItems / maxCount);
    private readonly BatchWindow _window = new(maxCount, maxDelay, elapsed);
    private readonly Queue<Batch<T, TMark>> _ready = new(0);
    private readonly Stack<TMark[]> _spareMarks = new(0);
    private Batch<T, TMark> _first;
    private int _readyCount;

    /// <summary>The batch that is being filled.</summary>
    public OpenBatch<T, TMark> Open { get; } = new(maxCount);

    /// <summary>How many items wait.</summary>
    public int Count => _readyCount + Open.Count;

    /// <summary>When the oldest batch that waits began to fill, in elapsed time; null if none does.</summary>
    public long? WaitingSince => _readyCount > 0 ? _first.Since : Open.Count > 0 ? _window.Since : null;

    /// <summary>Whether a thread that sends many items in a run may be given credit: not where the first of them is due at once.</summary>
    public bool GivesCredit => _window.HasDelay;

    /// <summary>What is kept of the oldest item that waits; none if none does.</summary>
    public ReadOnlySpan<TMark> OldestMark => !Batch<T, TMark>.HasMarks ? default : _readyCount > 0 ? _first.Kept[..1] : Open.OldestMark;

    /// <summary>Takes an item in. True if that changed what a poller must know: a batch is full, or a delay began.</summary>
    public bool Add(T item, in TMark mark)
    {
        var isNews = Open.Count == 0 && _window.Open();
        Open.Append(item, mark);
        if (Open.Count < maxCount)
        {
            return isNews;
        }

        CloseOpen();
        return true;
    }

    /// <summary>Takes a batch in that somebody else has gathered.</summary>
    public void AddReady(T[] items, TMark[] marks, int count) =>
        Enqueue(new Batch<T, TMark>(items, marks, 0, count, _window.Now));

    /// <summary>Makes known what was put into the open batch without the lock. True if that has filled it, with what came beside it.</summary>
    public bool Learn(int count)
    {
        if (count > 0 && Open.Count == 0)
        {
            _window.OpenUnseen();
        }

        Open.Learn(count);
        if (Open.Count < maxCount)
        {
            return false;
        }

        CloseOpen();
        return true;
    }

    /// <summary>The last, partial batch: nothing more will come to fill it.</summary>
    public void CloseLast()
    {
        Open.EndCredit();
        if (Open.Count > 0)
        {
            CloseOpen();
        }
    }

    public void DropOldest()
    {
        if (_readyCount == 0)
        {
            Open.DropOldest();
        }
        else if (_first.Count > 1)
        {
            _first = _first.WithoutFirst();
            _readyCount--;
        }
        else
        {
            Dequeue();
        }
    }

    /// <summary>Takes out the batch that is ready now.</summary>
    public bool TryTake(out Batch<T, TMark> batch)
    {
        if (_readyCount > 0)
        {
            batch = Dequeue();
            return true;
        }

        if (Open.Count == 0)
        {
            _window.Pass(Open.IsRunning);
        }
        else if (_window.IsOver())
        {
            batch = Open.Take(_window.Since, Spare());
            _window.Close();
            return true;
        }

        batch = default;
        return false;
    }

    /// <summary>What was kept of a batch is not needed any more.</summary>
    public void Recycle(in Batch<T, TMark> batch)
    {
        if (Batch<T, TMark>.HasMarks && batch.Marks.Length > 0 && _spareMarks.Count < _mostSpares)
        {
            _spareMarks.Push(batch.Marks);
        }
    }

    /// <summary>When the next batch is ready, in elapsed time, in the past if it is already; null if nothing waits, or for a full batch.</summary>
    public long? NextDue() => _readyCount > 0 ? _window.Now : _window.NextDue(Open.Count == 0, Open.IsRunning);

    public void Clear()
    {
        Open.Clear();
        _ready.Clear();
        _first = default;
        _readyCount = 0;
    }

    private void CloseOpen()
    {
        var batch = Open.Take(_window.Since, Spare());
        _window.Fill();
        Enqueue(batch);
    }

    private TMark[] Spare() => _spareMarks.TryPop(out var marks) ? marks : [];

    private void Enqueue(in Batch<T, TMark> batch)
    {
        if (_readyCount == 0)
        {
            _first = batch;
        }
        else
        {
            _ready.Enqueue(batch);
        }

        _readyCount += batch.Count;
    }

    private Batch<T, TMark> Dequeue()
    {
        var batch = _first;
        _readyCount -= batch.Count;
        _first = _ready.TryDequeue(out var next) ? next : default;
        return batch;
    }
}
