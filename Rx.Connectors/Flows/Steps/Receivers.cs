namespace Rx.Connectors.Flows;

internal sealed class Broadcast<T>(IReceiver<T>[] receivers) : IReceiver<T>
{
    public void Receive(T item)
    {
        foreach (var receiver in receivers)
        {
            receiver.Receive(item);
        }
    }
}

internal sealed class SelectReceiver<T, TResult>(Func<T, TResult> selector, StepContext step, IReceiver<TResult> next)
    : IReceiver<T>
{
    public void Receive(T item)
    {
        TResult result;
        step.Enter();
        try
        {
            result = selector(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        next.Receive(result);
    }
}

internal sealed class WhereReceiver<T>(Func<T, bool> predicate, StepContext step, IReceiver<T> next) : IReceiver<T>
{
    public void Receive(T item)
    {
        bool keep;
        step.Enter();
        try
        {
            keep = predicate(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        if (keep)
        {
            next.Receive(item);
        }
    }
}

internal sealed class DoReceiver<T>(Action<T> action, StepContext step, IReceiver<T> next) : IReceiver<T>
{
    public void Receive(T item)
    {
        step.Enter();
        try
        {
            action(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        next.Receive(item);
    }
}

internal sealed class BranchReceiver<T>(Func<T, bool> predicate, StepContext step, IReceiver<T> matching, IReceiver<T> others)
    : IReceiver<T>
{
    public void Receive(T item)
    {
        bool matches;
        step.Enter();
        try
        {
            matches = predicate(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        (matches ? matching : others).Receive(item);
    }
}

internal sealed class StopWhenReceiver<T>(Func<T, bool> predicate, StepContext step, IReceiver<T> next) : IReceiver<T>
{
    public void Receive(T item)
    {
        bool stops;
        step.Enter();
        try
        {
            stops = predicate(item);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        if (stops)
        {
            step.StopFlow();
        }

        next.Receive(item);
    }
}

internal sealed class SelectManyReceiver<T, TResult>(
    Func<T, IEnumerable<TResult>> selector, StepContext step, IReceiver<TResult> next) : IReceiver<T>
{
    public void Receive(T item)
    {
        // Read whole first: a selector that fails half-way must be told from a later step that does.
        List<TResult> results;
        step.Enter();
        try
        {
            results = [.. selector(item) ?? throw new InvalidOperationException("The selector returned null instead of items.")];
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw step.Failed(error);
        }

        foreach (var result in results)
        {
            next.Receive(result);
        }
    }
}
