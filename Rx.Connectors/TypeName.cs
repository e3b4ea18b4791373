namespace Rx.Connectors;

/// <summary>Names types in messages as C# writes them: <c>List&lt;int&gt;</c>, where the framework says <c>List`1</c>.</summary>
internal static class TypeName
{
    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    /// <summary>The name without its namespace, but with the types it is nested in.</summary>
    public static string Of(Type type) =>
        _keywords.TryGetValue(type, out var keyword) ? keyword
        : type.IsArray ? OfArray(type)
        : type.IsByRef || type.IsPointer ? $"{Of(type.GetElementType()!)}{(type.IsPointer ? "*" : "&")}"
        : type.IsGenericParameter ? type.Name
        : Nullable.GetUnderlyingType(type) is { } value ? $"{Of(value)}?"
        : IsTuple(type) ? $"({string.Join(", ", Elements(type).Select(Of))})"
        : OfNested(type);

    /// <summary>As the framework's own, which says <c>Batch`1[[System.Int32, ..]]</c>.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public static void ThrowIfDisposed(bool disposed, Type type)
    {
        if (disposed)
        {
            throw Disposed(type);
        }
    }

    private static ObjectDisposedException Disposed(Type type) => new(Of(type));

    // The outermost rank comes first, as in int[][,], whose element is int[,].
    private static string OfArray(Type type)
    {
        var ranks = "";
        var element = type;
        for (; element.IsArray; element = element.GetElementType()!)
        {
            ranks += $"[{new string(',', element.GetArrayRank() - 1)}]";
        }

        return Of(element) + ranks;
    }

    private static bool IsTuple(Type type) =>
        type is { IsGenericType: true, IsGenericTypeDefinition: false, Namespace: "System" }
        && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal) && type.GenericTypeArguments.Length > 1;

    // The eighth of a long tuple is a tuple of the rest.
    private static Type[] Elements(Type tuple)
    {
        var arguments = tuple.GenericTypeArguments;
        return arguments.Length == 8 && arguments[7].Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
            ? [.. arguments[..7], .. Elements(arguments[7])]
            : arguments;
    }

    private static string OfNested(Type type)
    {
        var arguments = new Queue<Type>(type.GetGenericArguments());
        var path = new Stack<Type>();
        for (var one = type; one is not null; one = one.DeclaringType)
        {
            path.Push(one);
        }

        return string.Join('.', path.Select(one => OfLevel(one, arguments)));
    }

    // A nested type has the arguments of those around it, too, in front of its own.
    private static string OfLevel(Type level, Queue<Type> arguments)
    {
        var tick = level.Name.IndexOf('`', StringComparison.Ordinal);
        if (tick < 0)
        {
            return level.Name;
        }

        var count = int.Parse(level.Name.AsSpan(tick + 1), System.Globalization.CultureInfo.InvariantCulture);
        var own = Enumerable.Range(0, count).Select(_ => Of(arguments.Dequeue())).ToArray();
        return $"{level.Name[..tick]}<{string.Join(", ", own)}>";
    }
}
