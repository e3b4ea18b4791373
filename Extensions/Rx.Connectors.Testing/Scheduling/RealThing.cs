using System.Diagnostics;
using System.Reflection;

namespace Rx.Connectors.Testing;

/// <summary>What Rx's default schedulers have of the real world.</summary>
internal enum RealThing
{
    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A thread, or a turn on the pool.</summary>
    Thread,

    /// <summary>The caller's thread, put to sleep.</summary>
    Sleep,

    /// <summary>The time.</summary>
    Time,
}

/// <summary>Who asked for a real thing, by the stack: an operator of Rx, somebody else, or Rx for its own ends.</summary>
/// <param name="Name">Its name; null if nobody is to be blamed.</param>
/// <param name="IsOperator">Whether it is an operator of Rx.</param>
internal readonly record struct Asker(string? Name, bool IsOperator)
{
    private const string Rx = "System.Reactive";
    private const string TimerOrInterval = "Timer or Interval";
    private static readonly string[] _onSchedulers = ["ObserveOn", "SubscribeOn"];
    private static readonly Assembly _rx = typeof(System.Reactive.Linq.Observable).Assembly;

    /// <summary>How to call it instead.</summary>
    public string Example => $"{(Name == TimerOrInterval ? "Timer" : Name)}(.., scheduler)";

    public static Asker Find(RealThing thing)
    {
        if (thing == RealThing.Sleep)
        {
            // Whose turn it is does not stand on the stack of their queue.
            return new Asker("a delay on CurrentThreadScheduler or ImmediateScheduler", false);
        }

        foreach (var frame in new StackTrace().GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || type.Assembly == typeof(Asker).Assembly
                || type.Assembly == typeof(object).Assembly)
            {
                continue;
            }

            var inner = type;
            type = Outermost(type);
            if (type.Assembly != _rx)
            {
                // It has gone to a real scheduler by itself.
                return thing == RealThing.Time ? default : new Asker($"{TypeNames.Of(type)}.{MethodName(method)}", false);
            }

            if (IsOwnBusiness(type, thing))
            {
                return default;
            }

            if (Array.Find(_onSchedulers, one => inner.Name.Contains(one, StringComparison.Ordinal)) is { } name)
            {
                return new Asker(name, true);
            }

            if (type.Namespace is not ($"{Rx}.Concurrency" or $"{Rx}.PlatformServices" or $"{Rx}.Disposables"))
            {
                return new Asker(Operator(type, method), true);
            }
        }

        return default;
    }

    // Its trampoline measures time, and it looks after its schedulers now and then.
    private static bool IsOwnBusiness(Type type, RealThing thing) =>
        (type.Name == "SystemClock" && thing == RealThing.Timer)
        || (thing == RealThing.Time && type.Name is "CurrentThreadScheduler" or "ImmediateScheduler" or "EventLoopScheduler");

    /// <summary>An operator's name, by a class of its.</summary>
    public static string NameOf(Type type)
    {
        // Interval has no class of its own.
        var name = Outermost(type).Name.Split('`')[0];
        return name == "Timer" ? TimerOrInterval : name;
    }

    // Start is what ToAsync makes, called at once.
    private static string Operator(Type type, MethodBase method) =>
        type.Name is "QueryLanguage" or "Observable" ? MethodName(method) : NameOf(type);

    private static string MethodName(MethodBase method) => method.Name is ['<', .. var rest] ? rest.Split('>')[0] : method.Name;

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }
}
