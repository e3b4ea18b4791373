using Rx.Connectors.Flows;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Goes through everything that can happen to an <see cref="EpochCoordinator"/>, in all orders.</summary>
internal static class EpochSearch
{
    /// <returns>How many different situations there are.</returns>
    /// <exception cref="InvalidOperationException">A law does not hold; the message names it and the shortest way there.</exception>
    public static int Run(EpochWorld start)
    {
        var from = new Dictionary<EpochWorld, (EpochWorld World, EpochMessage Message)?> { [start] = null };
        var open = new Queue<EpochWorld>([start]);
        while (open.TryDequeue(out var world))
        {
            var isAtRest = true;
            foreach (var (message, happened) in world.Next())
            {
                EpochWorld next;
                try
                {
                    next = Step(happened, message);
                }
                catch (InvalidOperationException broken)
                {
                    throw new InvalidOperationException($"{broken.Message} {string.Join(", ", Way(from, world).Append(message))}", broken);
                }

                isAtRest &= IsWish(message);
                if (from.TryAdd(next, (world, message)))
                {
                    open.Enqueue(next);
                }
            }

            try
            {
                EpochLaws.Check(world);
                if (isAtRest)
                {
                    EpochLaws.CheckRest(world);
                }
            }
            catch (InvalidOperationException broken)
            {
                throw new InvalidOperationException($"{broken.Message} {string.Join(", ", Way(from, world))}", broken);
            }
        }

        return from.Count;
    }

    private static EpochWorld Step(EpochWorld happened, EpochMessage message)
    {
        var coordinator = new EpochCoordinator(happened.State);
        var order = coordinator.Take(message);
        var next = EpochLaws.Obey(happened, message, order, coordinator.State);
        if (next.HasEnded)
        {
            // Whatever is still on its way comes to nothing.
            foreach (var late in Enum.GetValues<EpochMessage>())
            {
                _ = EpochLaws.Obey(next, late, coordinator.Take(late), coordinator.State);
            }
        }

        return next;
    }

    // It need not come: what has been begun must be brought to its end without it.
    private static bool IsWish(EpochMessage message) =>
        message is EpochMessage.Asked or EpochMessage.Completed or EpochMessage.Stopped or EpochMessage.RunEnded or EpochMessage.FirstPosition;

    private static IEnumerable<EpochMessage> Way(
        Dictionary<EpochWorld, (EpochWorld World, EpochMessage Message)?> from, EpochWorld to)
    {
        var way = new Stack<EpochMessage>();
        while (from[to] is { } step)
        {
            way.Push(step.Message);
            to = step.World;
        }

        return way;
    }
}
