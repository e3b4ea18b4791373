using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Stdio;

/// <summary>The process has one standard output, so there is one writer, however many sinks and flows use it.</summary>
internal static class StandardOutput
{
    private const int BufferSize = 16 * 1024;

    private static readonly Lazy<LineWriter> _lines = new(() => new LineWriter(new StreamWriter(Open(), Encoding(), BufferSize)));

    public static LineWriter Lines => _lines.Value;

    private static Stream Open()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            // The console's own stream takes a broken pipe for a success. A file is left to it, since a second handle would write
            // at a place of its own, over what others write to standard output.
            var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!direct.CanSeek)
            {
                return direct;
            }
        }

        return Console.OpenStandardOutput();
    }

    // The console's encoding, without the mark at the beginning that a writer would put there.
    private static Encoding Encoding() =>
        Console.OutputEncoding is { CodePage: not 65001 } other ? other : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}
