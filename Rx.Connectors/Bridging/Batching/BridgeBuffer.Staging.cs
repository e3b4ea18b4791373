namespace Rx.Connectors.Bridging;

/// <content>What has come in by the short way.</content>
internal sealed partial class BridgeBuffer<TItem, TQueued>
{
    public Grant Grant => _staging;

    public void BeginRun() => _staging.BeginRun();

    public void EndRun() => _staging.EndRun();

    public void AfterRun()
    {
        if (_staging.IsRevoked)
        {
            Settle();
        }
    }

    // Out of the sender's sight a poll has taken the batch that its items were to fill: the last ones begin another.
    private void Settle()
    {
        bool signal;
        lock (_gate)
        {
            MoveStaged();
            signal = TakeNews();
        }

        if (signal)
        {
            Signal();
        }
    }

    private void MoveStaged()
    {
        var staged = _staging.Peek();
        if (staged.IsEmpty || _ended)
        {
            return;
        }

        var kept = _taker.Accept(staged);
        _occupied += kept;
        _items.Enqueue(staged[..kept]);
        _staging.Release(staged.Length);
        _news |= _window.Add(kept, _staging.Since);
    }

    // Items may come in unwatched while a batch fills or is expected. Otherwise the next one is the first, and has to tell.
    private void BeginAfresh()
    {
        if (_window.IsEmpty && !_window.IsExpecting && _staging.Revoke())
        {
            MoveStaged();
        }
    }

    private void CloseStaging()
    {
        _staging.Close();
        MoveStaged();
    }

    private bool TakeNews()
    {
        var isNews = _news;
        _news = false;
        return isNews && TakeSignal();
    }
}
