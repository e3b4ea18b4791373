using System.Collections;
using System.Reflection;

namespace Rx.Connectors.Testing;

/// <summary>
/// Real timers of Rx's operators that are pending, for where Rx had its real clock before it could be watched. It looks at the
/// framework's list of timers, as a debugger does; where there is none, nothing is found.
/// </summary>
internal static class RealTimers
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
    private const string Operators = "System.Reactive.Linq.ObservableImpl";

    private static readonly Type? _queue = typeof(object).Assembly.GetType("System.Threading.TimerQueue");
    private static readonly PropertyInfo? _queues = _queue?.GetProperty("Instances", Hidden);
    private static readonly MethodInfo? _timers = _queue?.GetMethod("GetTimersForDebugger", Hidden, []);
    private static readonly Type? _timer = typeof(object).Assembly.GetType("System.Threading.TimerQueueTimer");
    private static readonly FieldInfo? _context = _timer?.GetField("_executionContext", Hidden);
    private static readonly FieldInfo? _state = _timer?.GetField("_state", Hidden);

    /// <summary>The operators that have a timer, each with the context in which it was begun.</summary>
    public static IEnumerable<(string Operator, ExecutionContext Context)> All()
    {
        if (_timers is null || _queues?.GetValue(null) is not Array queues)
        {
            yield break;
        }

        foreach (var queue in queues)
        {
            foreach (var timer in (IEnumerable)_timers.Invoke(_timers.IsStatic ? null : queue, null)!)
            {
                if (_context?.GetValue(timer) is ExecutionContext context && FindOperator(_state?.GetValue(timer)) is { } name)
                {
                    yield return (name, context);
                }
            }
        }
    }

    /// <summary>The operator that a timer is for; null if it is for none.</summary>
    /// <param name="holder">What the timer was begun with: it holds an action and a state, and these the operator, among the arguments of their types.</param>
    public static string? FindOperator(object? holder)
    {
        for (var depth = 0; holder is not null && depth < 8; depth++)
        {
            if (FindOperator(holder.GetType()) is { } name)
            {
                return name;
            }

            holder = holder is Delegate action ? action.Target
                : Field(holder, "_state") ?? Field(holder, "_action");
        }

        return null;
    }

    private static object? Field(object holder, string name) =>
        holder.GetType().GetField(name, Hidden)?.GetValue(holder);

    private static string? FindOperator(Type type) =>
        type.Namespace == Operators ? Asker.NameOf(type)
        : type.GetGenericArguments().Select(FindOperator).FirstOrDefault(static name => name is not null);
}
