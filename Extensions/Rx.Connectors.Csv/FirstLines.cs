using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Csv;

/// <summary>The lines at the beginning of a file, before anything that is CSV.</summary>
internal static class FirstLines
{
    /// <summary>The offset behind so many lines, or that of the end of a file that has not as many.</summary>
    public static long End(SafeFileHandle file, int count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var (offset, wasReturn) = (0L, false);
        while (count > 0 || wasReturn)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                return offset;
            }

            for (var i = 0; i < read; i++)
            {
                var octet = buffer[i];

                // A newline after a carriage return ends no other line.
                if (count == 0 && !(wasReturn && octet == (byte)'\n'))
                {
                    return offset + i;
                }

                count -= octet == (byte)'\r' || (octet == (byte)'\n' && !wasReturn) ? 1 : 0;
                wasReturn = octet == (byte)'\r';
                if (count == 0 && !wasReturn)
                {
                    return offset + i + 1;
                }
            }

            offset += read;
        }

        return offset;
    }
}
