using System.Text;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>Refuses text that would not come back as it was: SQLite keeps UTF-8 and reads to the first zero.</summary>
internal static class StoredText
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Check(string text, string what, string parameter)
    {
        if (text.Contains('\0', StringComparison.Ordinal) || !IsUnicode(text))
        {
            throw new ArgumentException($"The {what} holds a zero character or half a surrogate pair, which cannot be stored.", parameter);
        }
    }

    public static void Check(EpochCommit epoch)
    {
        foreach (var change in epoch.Changes)
        {
            Check(change.Step, "step id", nameof(epoch));
            Check(change.Partition, $"partition key of step '{change.Step}'", nameof(epoch));
            Check(change.State ?? "", $"state of step '{change.Step}', partition '{change.Partition}',", nameof(epoch));
        }
    }

    private static bool IsUnicode(string text)
    {
        try
        {
            return _strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
