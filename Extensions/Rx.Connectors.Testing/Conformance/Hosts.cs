namespace Rx.Connectors.Testing;

/// <summary>Ways to poll a partition. Each reads until it ends, has given enough, or nothing comes any more.</summary>
internal static class Hosts
{
    // A source that only answers "nothing" this often in a row has nothing more to say.
    private const int MostEmpty = 20_000;

    /// <summary>Polls after everything that happens, and in between.</summary>
    public static void Eager<T>(SourceRun<T> run)
    {
        var clock = run.Clock;
        var wait = ConformanceClock.Tick;
        for (var empty = 0; empty < MostEmpty && run.Poll() is { } count; empty++)
        {
            if (count > 0)
            {
                empty = 0;
                wait = ConformanceClock.Tick;
                continue;
            }

            var awake = run.Partition.NextAwake;
            if (wait > clock.LongestQuiet && !(awake > clock.Now))
            {
                break;
            }

            var until = clock.Now + (clock.Virtual is null ? ConformanceClock.Tick : wait);
            var hasActed = clock.Step(awake > clock.Now && awake < until ? awake.Value : until);
            wait = clock.Virtual is null ? wait + ConformanceClock.Tick : hasActed && run.IsPatient ? wait : wait * 2;
        }

        run.Finish(RunEnd.Quiet);
    }

    /// <summary>Polls when the contract asks for it and not else: at the awake time, after items, after a signal.</summary>
    public static void Obedient<T>(SourceRun<T> run)
    {
        var clock = run.Clock;
        run.Listen();
        if (run.Partition.NextAwake is { } first && first > clock.Now && !clock.SleepUntil(first))
        {
            run.Finish(RunEnd.Quiet);
            return;
        }

        var wait = ConformanceClock.Tick;
        for (var empty = 0; empty < MostEmpty && run.Poll() is { } count; empty++)
        {
            (empty, wait) = count > 0 ? (0, ConformanceClock.Tick) : (empty, wait);
            if (run.Partition.NextAwake is { } awake)
            {
                clock.SleepUntil(awake);
            }
            else if (count > 0)
            {
                continue;
            }
            else if (run.Partition.Available is not null)
            {
                if (!clock.SleepUntil(null))
                {
                    break;
                }
            }
            else
            {
                // It cannot tell, so that it is polled for ever; longer and longer pauses come to the same.
                if (wait > clock.LongestQuiet)
                {
                    break;
                }

                clock.Step(clock.Now + (clock.Virtual is null ? ConformanceClock.Tick : wait));
                wait = clock.Virtual is null ? wait + ConformanceClock.Tick : wait * 2;
            }
        }

        run.Finish(RunEnd.Quiet);
    }

    /// <summary>Is away for long between polls, so that much waits when it comes.</summary>
    public static void Late<T>(SourceRun<T> run)
    {
        var clock = run.Clock;
        var quiet = TimeSpan.Zero;
        for (var poll = 0; quiet <= clock.LongestQuiet && poll < MostEmpty; poll++)
        {
            if (run.Poll() is not { } count)
            {
                break;
            }

            quiet = count > 0 ? TimeSpan.Zero : quiet * 2 + ConformanceClock.Tick;
            var pause = clock.Virtual is null ? ConformanceClock.Tick * 3 : TimeSpan.FromMilliseconds(poll % 3 * 450) + quiet;
            clock.Pass(pause);
        }

        run.Finish(RunEnd.Quiet);
    }
}
