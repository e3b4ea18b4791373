namespace Rx.Connectors.Bridging;

/// <summary>The writes of a batch that are not over, in the order in which they were begun. What they were kept in is used again.</summary>
internal sealed class WriteTries
{
    private readonly List<WriteTry> _all = [];
    private readonly Stack<WriteTry> _spare = [];

    public int Count => _all.Count;

    /// <summary>Whether one has ended that was not looked at.</summary>
    public bool AnyHasEnded
    {
        get
        {
            foreach (var one in _all)
            {
                if (one.HasEnded)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether one waits to be tried again.</summary>
    public bool AnyWaits => _all.Exists(static one => one.RetryAt is not null);

    public void ForEachWaiting(Action<WriteTry> act) => _all.FindAll(static one => one.RetryAt is not null).ForEach(act);

    public List<WriteTry>.Enumerator GetEnumerator() => _all.GetEnumerator();

    public WriteTry Add(int index)
    {
        var one = _spare.TryPop(out var spare) ? spare : new WriteTry();
        one.Open(index);
        _all.Add(one);
        return one;
    }

    public void RemoveEnded()
    {
        var left = 0;
        for (var i = 0; i < _all.Count; i++)
        {
            var one = _all[i];
            if (one.IsOver)
            {
                one.Close();
                _spare.Push(one);
            }
            else
            {
                _all[left++] = one;
            }
        }

        _all.RemoveRange(left, _all.Count - left);
    }

    public void Clear()
    {
        RemoveEnded();
        _all.Clear();
    }
}
