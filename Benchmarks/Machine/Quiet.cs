using System.Globalization;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// Whether a machine was quiet enough to say by its figures what is met and what is missed. Figures are shown in any case.
/// </summary>
internal static class Quiet
{
    /// <summary>The highest load before the start. Afterwards the load is that of the measuring itself.</summary>
    public const double MaxLoad = 1.0;

    /// <summary>The most that others may use during a run, in cores.</summary>
    public const double MaxOthers = 0.3;

    /// <summary>
    /// Why the marks are not judged; null where they are. What a system does not tell is not held against it.
    /// </summary>
    /// <param name="loadBefore">The load over the minute before the start, if it is known.</param>
    /// <param name="others">How many cores others used during the run, if it is known.</param>
    public static string? Refusal(double? loadBefore, double? others)
    {
        if (loadBefore > MaxLoad)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the load was {loadBefore:0.00} before the start, and at most {MaxLoad:0.0} is allowed; wait for a quiet minute");
        }

        return others > MaxOthers
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"other processes used {others:0.00} of a core meanwhile, and at most {MaxOthers:0.0} is allowed; end them, or wait")
            : null;
    }
}
