using System.Reflection;
using System.Reflection.Emit;

namespace Rx.Connectors.Tests.Architecture;

/// <summary>Which types of an assembly use which others of it, as compiled: in signatures and in code, nested types with the one that
/// they are in. Constants and enum values are not there any more; <see cref="SourceFolders"/> finds those.</summary>
internal static class TypeUses
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> _opCodes = typeof(OpCodes).GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    public static IEnumerable<(Type User, Type Used)> Of(Assembly assembly) =>
        from type in assembly.GetTypes()
        from used in UsedBy(type).SelectMany(Parts).Distinct()
        where used.Assembly == assembly
        let pair = (User: Outermost(type), Used: Outermost(used))
        where pair.User != pair.Used
        select pair;

    public static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static IEnumerable<Type> UsedBy(Type type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Array.Empty<Type>(),
        .. type.GetInterfaces(),
        .. type.GetGenericArguments().SelectMany(Constraints),
        .. type.GetCustomAttributesData().Select(static one => one.AttributeType),
        .. type.GetFields(All).Select(static field => field.FieldType),
        .. type.GetConstructors(All).SelectMany(UsedBy),
        .. type.GetMethods(All).SelectMany(method => UsedBy(method).Append(method.ReturnType)),
    ];

    private static IEnumerable<Type> UsedBy(MethodBase method)
    {
        var body = method.GetMethodBody();
        return
        [
            .. method.GetParameters().Select(static parameter => parameter.ParameterType),
            .. method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Constraints) : [],
            .. body?.LocalVariables.Select(static local => local.LocalType) ?? [],
            .. body?.ExceptionHandlingClauses
                .Where(static one => one.Flags == ExceptionHandlingClauseOptions.Clause).Select(static one => one.CatchType!) ?? [],
            .. body is null ? [] : UsedBy(method, body.GetILAsByteArray()!),
        ];
    }

    private static IEnumerable<Type> UsedBy(MethodBase method, byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at++] is var first && first == 0xFE ? unchecked((short)(0xFE00 | code[at++])) : first;
            var operand = _opCodes[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                foreach (var type in TypesOf(Resolve(method, BitConverter.ToInt32(code, at))))
                {
                    yield return type;
                }
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token, method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);

    private static IEnumerable<Type> TypesOf(MemberInfo? member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => [method.DeclaringType!, .. method.GetGenericArguments()],
        { DeclaringType: { } owner } => [owner],
        _ => [],
    };

    private static Type[] Constraints(Type argument) => argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : [];

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericParameter ? []
        : type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];
}
