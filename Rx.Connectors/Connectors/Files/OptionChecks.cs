using System.Runtime.CompilerServices;

namespace Rx.Connectors.Files;

/// <summary>What refuses an option: by its name, with what is allowed.</summary>
internal static class OptionChecks
{
    /// <param name="options">The options; what is refused is a property of them.</param>
    /// <param name="path">Where the user gave them.</param>
    /// <param name="holds">Whether the value is allowed.</param>
    /// <param name="value">The value.</param>
    /// <param name="allowed">What is allowed.</param>
    /// <param name="option">The property, as <c>options.Name</c> or <c>Name</c>.</param>
    public static void Require<T>(
        object options, string path, bool holds, T value, string allowed, [CallerArgumentExpression(nameof(value))] string option = "")
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException($"{path}.{option}", value, $"{options.GetType().Name}.{option} must be {allowed}.");
        }
    }

    public static void RequireInterval(
        object options, string path, TimeSpan value, TimeSpan longest, [CallerArgumentExpression(nameof(value))] string option = "") =>
        Require(options, path, value > TimeSpan.Zero && value <= longest, value, $"more than zero and at most {longest}", option);

    public static void RequireDefined<T>(
        object options, string path, T value, [CallerArgumentExpression(nameof(value))] string option = "")
        where T : struct, Enum =>
        Require(options, path, Enum.IsDefined(value), value, string.Join(" or ", Enum.GetNames<T>()), option);
}
