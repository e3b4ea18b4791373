namespace Rx.Connectors.Races;

/// <summary>Who takes part, and what must be true when all are through.</summary>
internal sealed record Scene(IReadOnlyList<(string Name, Action Body)> Participants, Action Check)
{
    /// <summary>Whether they may come to wait for each other for ever; otherwise that is what went wrong.</summary>
    public bool MayRest { get; init; }
}

/// <summary>A race that is run in every order.</summary>
internal sealed record Race(string Name, Func<Scene> Set, int MostInterruptions = 2)
{
    // No race here has so many; one that grows beyond must be made smaller, not be cut short in silence.
    private const int MostOrders = 200_000;

    /// <summary>What went wrong, or "all right", and in how many orders.</summary>
    public string Run()
    {
        // What is only done once in a process must not make the first order another one.
        _ = Run(new Order(0));
        var order = new Order(MostInterruptions);
        var orders = 0;
        do
        {
            if (++orders > MostOrders)
            {
                return $"too many orders: more than {MostOrders}";
            }

            if (Run(order) is { } wrong)
            {
                return $"wrong in order {orders}: {wrong.ReplaceLineEndings(" ")}";
            }
        }
        while (order.MoveNext());
        return $"all right in {orders} orders";
    }

    private string? Run(Order order)
    {
        var scene = Set();
        var wrong = new Turns(order, [.. scene.Participants.Select(one => new Participant(one.Name, one.Body))], scene.MayRest).Run();
        if (wrong is not null)
        {
            return wrong;
        }

        try
        {
            scene.Check();
            return null;
        }
        catch (WrongException error)
        {
            return error.Message;
        }
    }
}

internal sealed class WrongException(string message) : Exception(message)
{
    public static void Unless(bool isRight, string message)
    {
        if (!isRight)
        {
            throw new WrongException(message);
        }
    }
}
