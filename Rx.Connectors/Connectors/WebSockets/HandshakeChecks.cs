using System.Buffers;

namespace Rx.Connectors.WebSockets;

/// <summary>What goes into the handshake, checked before anything is sent: a bad header must not become a request of its own.</summary>
internal static class HandshakeChecks
{
    private static readonly SearchValues<char> _tokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly string[] _ownHeaders = ["Connection", "Upgrade", "Content-Length", "Transfer-Encoding"];

    public static void Uri(Uri? uri, string parameter)
    {
        // The text is left out of all messages: it may hold a password.
        ArgumentNullException.ThrowIfNull(uri, parameter);
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("ws" or "wss"))
        {
            var given = uri.IsAbsoluteUri ? $"its scheme is {uri.Scheme}" : "it is relative";
            throw new ArgumentException($"The URI must be absolute, and its scheme ws or wss; {given}.", parameter);
        }

        if (uri.UserInfo.Length > 0)
        {
            throw new ArgumentException("The URI must not hold user information, which is not sent; use a header.", parameter);
        }

        if (uri.Fragment.Length > 0)
        {
            throw new ArgumentException("The URI must not have a fragment.", parameter);
        }
    }

    public static void Headers(IEnumerable<KeyValuePair<string, string>>? headers, string parameter)
    {
        ArgumentNullException.ThrowIfNull(headers, parameter);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if (!IsToken(name))
            {
                throw new ArgumentException($"'{name}' is not a valid name of a header.", parameter);
            }

            if (_ownHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) ||
                name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException($"The header {name} is set by the handshake itself.", parameter);
            }

            if (!names.Add(name))
            {
                throw new ArgumentException($"The header {name} is there twice; names differ by more than case.", parameter);
            }

            // The value is left out of the message: it may be a secret.
            if (value is null || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException($"The header {name} must have a value, of printable ASCII characters.", parameter);
            }
        }
    }

    public static void SubProtocols(IReadOnlyList<string>? subProtocols, string parameter)
    {
        ArgumentNullException.ThrowIfNull(subProtocols, parameter);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in subProtocols)
        {
            if (!IsToken(name))
            {
                throw new ArgumentException($"'{name}' is not a valid name of a sub-protocol.", parameter);
            }

            if (!names.Add(name))
            {
                throw new ArgumentException($"The sub-protocol {name} is there twice.", parameter);
            }
        }
    }

    private static bool IsToken(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(_tokenCharacters);
}
