using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rx.Connectors.Bridging;

/// <summary>
/// The batch that is being filled. All of it is under the bridge's lock but one thing: a thread that sends many items in a run may be
/// given credit, and then puts them in without the lock until the credit is used up. It publishes how many there are. Whoever has the
/// lock meanwhile copies what is published, and takes nothing away from that thread but its further credit.
/// </summary>
internal sealed class OpenBatch<T, TMark>(int maxCount)
{
    private const int FirstLength = 16;

    private readonly List<T> _looseItems = new(0);
    private readonly List<TMark> _looseMarks = new(0);
    private T[] _items = [];
    private TMark[] _marks = [];

    // How many of the filled places are known under the lock, and how many of those were taken out.
    private int _known;
    private int _taken;
    private int _usual = FirstLength;

    /// <summary>How many places are filled, and how many more may be without the lock.</summary>
    public RunCredit Credit { get; } = new();

    /// <summary>Whether a thread was given credit and has not come back.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count => _known - _taken + _looseItems.Count;

    /// <summary>How many were put in without the lock and are not known under it yet. Read without the lock, it may be too many.</summary>
    public int Unknown
    {
        get
        {
            var known = Volatile.Read(ref _known);
            return Math.Max(0, Credit.Filled - known);
        }
    }

    public ReadOnlySpan<TMark> UnknownMarks =>
        Batch<T, TMark>.HasMarks ? _marks.AsSpan(_known, Credit.Filled - _known) : default;

    /// <summary>What is kept of the item put in last, by the running thread.</summary>
    public ref readonly TMark LastMark => ref Batch<T, TMark>.HasMarks ? ref _marks[Credit.Filled - 1] : ref Unsafe.NullRef<TMark>();

    /// <summary>What is kept of the oldest item that waits; none if none does.</summary>
    public ReadOnlySpan<TMark> OldestMark =>
        !Batch<T, TMark>.HasMarks || Count == 0 ? default
        : _looseMarks.Count > 0 ? CollectionsMarshal.AsSpan(_looseMarks)[..1] : _marks.AsSpan(_taken, 1);

    /// <summary>Puts an item in, without the lock where there is credit.</summary>
    public void Put(T item, in TMark mark)
    {
        var place = Credit.Filled;
        if (Batch<T, TMark>.HasMarks)
        {
            _marks[place] = mark;
        }

        _items[place] = item;
        Credit.Filled = place + 1;
    }

    /// <summary>Makes known what was put in without the lock.</summary>
    public void Learn(int count)
    {
        if (_looseItems.Count > 0)
        {
            // After what another thread has added.
            MoveToLoose(_known, count);
            _taken += count;
        }

        Volatile.Write(ref _known, _known + count);
    }

    /// <summary>The thread that was given credit is here, with the lock. What it has put in is known.</summary>
    public void Return()
    {
        if (!IsRunning)
        {
            return;
        }

        IsRunning = false;
        EndCredit();
        // Where the bridge has ended meanwhile, what is not known is not wanted.
        Credit.Filled = _known;
        if (_looseItems.Count > 0)
        {
            Restart();
            for (var i = 0; i < _looseItems.Count; i++)
            {
                Append(_looseItems[i], Batch<T, TMark>.HasMarks ? _looseMarks[i] : default!);
            }

            ClearLoose();
        }
        else if (_taken > 0)
        {
            Compact();
        }
    }

    /// <summary>Gives credit to the thread that is here, as far as there are places before the batch is full, and room.</summary>
    public void Run(int room)
    {
        var limit = Math.Min(Math.Min(_items.Length, maxCount - 1), Credit.Filled + room);
        if (limit > Credit.Filled)
        {
            IsRunning = true;
            Credit.LimitTo(limit);
        }
    }

    /// <summary>Has the running thread come to the lock with its next item, or with the one after.</summary>
    public void EndCredit() => Credit.LimitTo(0);

    /// <summary>Adds an item. By another thread than the running one it is put behind what that one has put in.</summary>
    public void Append(T item, in TMark mark)
    {
        if (IsRunning)
        {
            EndCredit();
            MoveToLoose(_taken, _known - _taken);
            _taken = _known;
            AddLoose(item, mark);
            return;
        }

        if (Credit.Filled == _items.Length)
        {
            Grow();
        }

        Put(item, mark);
        _known = Credit.Filled;
    }

    public void DropOldest()
    {
        Debug.Assert(!IsRunning && Count > 0, "Only what cannot be paused drops items, and it is not given credit.");
        Forget(_taken++, 1);
        if (_taken == Credit.Filled)
        {
            Restart();
        }
    }

    /// <summary>Takes all that wait, and leaves the running thread's array to it.</summary>
    public Batch<T, TMark> Take(long since, TMark[] spare)
    {
        var count = Count;
        if (_looseItems.Count > 0)
        {
            var loose = new Batch<T, TMark>([.. _looseItems], [.. _looseMarks], 0, count, since);
            ClearLoose();
            return loose;
        }

        _usual = count;
        if (!IsRunning && _taken == 0 && count == _items.Length)
        {
            var full = new Batch<T, TMark>(_items, _marks, 0, count, since);
            (_items, _marks) = ([], spare);
            Restart();
            return full;
        }

        if (Batch<T, TMark>.HasMarks)
        {
            spare = spare.Length < count ? new TMark[count] : spare;
            Array.Copy(_marks, _taken, spare, 0, count);
        }

        var part = new Batch<T, TMark>(_items.AsSpan(_taken, count).ToArray(), spare, 0, count, since);
        Forget(_taken, count);
        _taken = _known;
        if (IsRunning)
        {
            EndCredit();
        }
        else
        {
            Restart();
            // A window with few items must not keep the room of one with many.
            _items = _items.Length > FirstLength && _items.Length > 2 * count ? [] : _items;
        }

        return part;
    }

    public void Clear()
    {
        EndCredit();
        ClearLoose();
        if (!IsRunning)
        {
            Restart();
            (_items, _marks) = ([], []);
        }

        _taken = _known;
    }

    private void Restart() => Credit.Filled = _known = _taken = 0;

    private void MoveToLoose(int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            AddLoose(_items[i], Batch<T, TMark>.HasMarks ? _marks[i] : default!);
        }

        Forget(from, count);
    }

    private void AddLoose(T item, in TMark mark)
    {
        _looseItems.Add(item);
        if (Batch<T, TMark>.HasMarks)
        {
            _looseMarks.Add(mark);
        }
    }

    private void ClearLoose()
    {
        _looseItems.Clear();
        _looseMarks.Clear();
    }

    private void Forget(int from, int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _items.AsSpan(from, count).Clear();
        }
    }

    private void Compact()
    {
        var left = Credit.Filled - _taken;
        Array.Copy(_items, _taken, _items, 0, left);
        if (Batch<T, TMark>.HasMarks)
        {
            Array.Copy(_marks, _taken, _marks, 0, left);
        }

        Forget(left, _taken);
        (Credit.Filled, _known, _taken) = (left, left, 0);
    }

    private void Grow()
    {
        if (_taken > 0)
        {
            Compact();
            return;
        }

        // As long as the batch before, so that the array fits where batches fill up.
        var length = (int)Math.Min(maxCount, Math.Max(Math.Max(FirstLength, _usual), 2L * _items.Length));
        var items = GC.AllocateUninitializedArray<T>(length);
        _items.AsSpan(0, Credit.Filled).CopyTo(items);
        _items = items;
        if (Batch<T, TMark>.HasMarks && _marks.Length < length)
        {
            Array.Resize(ref _marks, length);
        }
    }
}
