using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>Types as C# writes them, without their namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string Of(object value) => Of(value.GetType());

    public static string Of(Type type) =>
        _keywords.TryGetValue(type, out var keyword) ? keyword
        : type.IsArray ? $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : Nullable.GetUnderlyingType(type) is { } value ? $"{Of(value)}?"
        : Nested(type);

    private static string Nested(Type type)
    {
        var parts = new Stack<string>();
        for (var one = type; one is not null; one = one.DeclaringType)
        {
            parts.Push(one.Name);
        }

        // Closures and the states of methods are the compiler's, and have no name in C#.
        var arguments = type.GetGenericArguments();
        var next = 0;
        return string.Join('.', parts.Select(part => WithArguments(part, arguments, ref next)).Where(static part => part[0] != '<'));
    }

    // A type's arguments come after those of the types around it.
    private static string WithArguments(string part, Type[] arguments, ref int next)
    {
        var pieces = part.Split('`');
        if (pieces.Length == 1)
        {
            return part;
        }

        var own = arguments[next..(next + int.Parse(pieces[1], CultureInfo.InvariantCulture))];
        next += own.Length;
        return $"{pieces[0]}<{string.Join(", ", own.Select(static one => one.IsGenericParameter ? one.Name : Of(one)))}>";
    }
}
