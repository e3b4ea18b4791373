using System.Text.Json.Serialization;

namespace Rx.Connectors.Files;

/// <summary>A place in a file, and how to recognise the file again.</summary>
/// <param name="Offset">How many bytes of the file lie before it. In a source's position that is just after the last line handed
/// out, its line ending included; in a sink's, where the next line goes.</param>
/// <param name="Fingerprint">A hash of the first 1 KiB of those bytes and of the last. Null: the file is not checked, as in a
/// position that was written by hand.</param>
/// <remarks>The fingerprint tells files apart that were cut, rotated or replaced. It is no protection against somebody who makes two
/// files look alike.</remarks>
[method: JsonConstructor]
public readonly record struct FilePosition(long Offset, string? Fingerprint = null);
