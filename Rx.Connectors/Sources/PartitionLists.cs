using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rx.Connectors.Sources;

/// <summary>Sees to it that a source or a sink says somehow which partitions it has.</summary>
internal static class PartitionLists
{
    private const string Plain = "ListPartitions";
    private const string Async = "ListPartitionsAsync";

    private static readonly Type[] _asyncParameters = [typeof(int), typeof(int), typeof(CancellationToken)];

    /// <exception cref="ArgumentException">It overrides neither.</exception>
    public static void Check(object one, string stepId, string parameter)
    {
        // Where code is compiled ahead of time, what is overridden may not be known; then the flow says so when it lists.
        if (RuntimeFeature.IsDynamicCodeSupported && IsOfContract(one.GetType(), Plain, []) && IsOfContract(one.GetType(), Async, _asyncParameters))
        {
            throw new ArgumentException($"Step '{stepId}': {Missing(one)}", parameter);
        }
    }

    public static NotSupportedException NotListed(object one) => new(Missing(one));

    private static string Missing(object one) =>
        $"{TypeName.Of(one.GetType())} does not say which partitions it has. Override {Plain}, or {Async} if a client must be asked.";

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "An override that is called is kept, and so is its name.")]
    private static bool IsOfContract(Type type, string name, Type[] parameters) =>
        type.GetMethod(name, BindingFlags.Public | BindingFlags.Instance, parameters)?.DeclaringType is { IsAbstract: true } declaring &&
        declaring.Assembly == typeof(PartitionLists).Assembly && declaring.Name is "FixedPartitionedSource`2" or "FixedPartitionedSink`2";
}
