using System.Runtime.CompilerServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// The short way into a buffer, for items that leave a query on the thread that sent them in: they are put down here and their
/// number is published, without a lock. Whoever holds the buffer's lock moves them on.
/// </summary>
/// <remarks>
/// One thread at a time sends, in a run that has a beginning and an end. It may put down as many items as it was granted under the
/// lock: so many that none of them begins or fills a batch, or needs room that is not there. What changes this takes the grant
/// back (<see cref="Revoke"/>), and the sender, which looks before and after each item, comes to the lock again.
/// </remarks>
/// <param name="isFenced">
/// Whether a run ends with a full fence before <see cref="Grant.IsRevoked"/> is read once more. If it does not, as for a long run, the
/// side that revokes has to make the other threads' writes visible itself, which costs it some microseconds.
/// </param>
/// <param name="elapsed">When the first item came.</param>
internal sealed class Staging<TItem>(bool isFenced, ElapsedTime elapsed) : Grant
{
    private const int NoThread = 0;
    private const int FirstLength = 16;
    private const int MaxLength = 1_024;

    private TItem[] _items = [];
    private int _tail;
    private int _head;
    private int _thread;
    private long _since;
    private bool _isGranted;
    private bool _isClosed;

    /// <summary>Whether this thread is in a run. No other thread can have put its number there, or taken it away.</summary>
    public bool IsRunHere => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Whether, although it is closed, a thread that had looked before may still put one item down.</summary>
    public bool MayFollow => _isClosed && Volatile.Read(ref _thread) is not NoThread and var thread && thread != Environment.CurrentManagedThreadId;

    /// <summary>How many items lie here. Read without the lock it may count some twice that are being moved, but misses none.</summary>
    public int Count
    {
        get
        {
            var head = Volatile.Read(ref _head);
            return Volatile.Read(ref _tail) - head;
        }
    }

    /// <summary>When the first item after the last grant was put down, in ticks.</summary>
    public long Since => _since;

    /// <summary>Whether items lie here, or may be put down. Under the lock.</summary>
    public bool IsInUse => _isGranted || _head != Volatile.Read(ref _tail);

    /// <summary>A run begins on this thread. Whoever revokes from now on sees that, or is seen.</summary>
    public void BeginRun()
    {
        if (isFenced)
        {
            _thread = Environment.CurrentManagedThreadId;
        }
        else
        {
            Interlocked.Exchange(ref _thread, Environment.CurrentManagedThreadId);
        }
    }

    public void EndRun()
    {
        if (isFenced)
        {
            Volatile.Write(ref _thread, NoThread);
        }
        else
        {
            Interlocked.Exchange(ref _thread, NoThread);
        }
    }

    /// <summary>Puts an item down, if there is a grant. Only in a run.</summary>
    public bool TryPut(in TItem item)
    {
        if (!HasCredit)
        {
            return false;
        }

        if (_tail == 0)
        {
            _since = elapsed.Now;
        }

        Credit--;
        _items[_tail] = item;
        Volatile.Write(ref _tail, _tail + 1);
        return true;
    }

    /// <summary>What lies here, to be moved on under the lock. It is forgotten here with <see cref="Release"/>.</summary>
    public Span<TItem> Peek() => _items.AsSpan(_head, Volatile.Read(ref _tail) - _head);

    public void Release(int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TItem>())
        {
            _items.AsSpan(_head, count).Clear();
        }

        Volatile.Write(ref _head, _head + count);
    }

    /// <summary>Lets the sender put down so many items. Under the lock, in its run, when nothing lies here.</summary>
    public void Renew(int count)
    {
        // It grows as it is used up, so that a slow client keeps a short one.
        if (count > _items.Length && _tail == _items.Length && !_isClosed)
        {
            _items = new TItem[Math.Min(Math.Max(FirstLength, _items.Length * 2), MaxLength)];
        }

        _head = _tail = 0;
        Credit = _isClosed ? 0 : Math.Min(count, _items.Length);
        _isGranted = Credit > 0;
        IsRevoked = _isClosed;
    }

    /// <summary>Takes the grant back. What is seen here afterwards is all that was put down before. Under the lock.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Revoke()
    {
        if (!_isGranted)
        {
            return false;
        }

        _isGranted = false;
        IsRevoked = true;
        Interlocked.MemoryBarrier();
        if (!isFenced && Volatile.Read(ref _thread) is not NoThread and var thread && thread != Environment.CurrentManagedThreadId)
        {
            Interlocked.MemoryBarrierProcessWide();
        }

        return true;
    }

    /// <summary>Nothing will be put down any more, but what a thread may be about to put down now. Under the lock.</summary>
    public void Close()
    {
        _isClosed = true;
        Revoke();
        IsRevoked = true;
    }
}
