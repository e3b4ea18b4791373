using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Where reading begins.</summary>
/// <param name="File">The file, which may be one that was rotated away.</param>
/// <param name="Mark">The place in it.</param>
/// <param name="Position">The position until something was handed out.</param>
/// <param name="IsRotated">Whether another file follows it.</param>
internal readonly record struct FileStart(SafeFileHandle File, FileMark Mark, ResumeState<FilePosition> Position, bool IsRotated)
{
    private const string AfterMark = "after ";
    private const int BlockSize = 64 * 1024;

    /// <summary>The beginning of the file that comes after one that was read to its end.</summary>
    public static FilePosition After(FilePosition end) =>
        new(0, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{AfterMark}{end.Offset} {end.Fingerprint}"));

    /// <param name="place">The path, and what is read with it.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="rotated">Those that had the path before.</param>
    /// <param name="resumeState">The stored position.</param>
    /// <exception cref="FileChangedException">The position fits no file that is there.</exception>
    /// <exception cref="FileNotFoundException">There is no file.</exception>
    public static FileStart Find(FilePlace place, FileSourceOptions options, RotatedFiles rotated, ResumeState<FilePosition> resumeState)
    {
        if (!resumeState.TryGetValue(out var position))
        {
            return place.IsReadFromOldest && rotated.FindOldest() is { } oldest
                ? new FileStart(oldest, new FileMark(), resumeState, true)
                : AtPath(place, options);
        }

        if (position.Offset == 0)
        {
            return IsAfter(position, out var end) && place.IsOfRotation && rotated.Find(end, out var endMark) is { } before
                ? new FileStart(before, endMark!, resumeState, true)
                : new FileStart(OpenFile.ToRead(place.Path), new FileMark(), resumeState, false);
        }

        return Resume(place, options, rotated, position);
    }

    private static FileStart Resume(FilePlace place, FileSourceOptions options, RotatedFiles rotated, FilePosition position)
    {
        var (file, problem, missing) = OpenAtPath(place.Path, position, out var mark);
        if (mark is not null)
        {
            return new FileStart(file!, mark, position, false);
        }

        var startsOver = options.OnOtherFile == FileMismatchBehavior.StartOver;
        if (place.IsOfRotation && rotated.Find(position, out mark) is { } found)
        {
            // What was read of the file beyond its copy is gone, and with it what was not read: that is a cut.
            if (mark!.Offset == position.Offset || startsOver || options.Follow is { OnCut: FileMismatchBehavior.StartOver })
            {
                file?.Dispose();
                return new FileStart(found, mark, position, true);
            }

            found.Dispose();
        }

        if (startsOver && file is not null)
        {
            return new FileStart(file, new FileMark(), new FilePosition(0), false);
        }

        file?.Dispose();
        throw missing ?? new FileChangedException(place.Path, position.Offset, problem!);
    }

    private static (SafeFileHandle? File, string? Problem, Exception? Missing) OpenAtPath(string path, FilePosition position, out FileMark? mark)
    {
        mark = null;
        try
        {
            var file = OpenFile.ToRead(path);
            try
            {
                mark = OpenFile.FindMark(file, path, position, out var problem);
                return (file, problem, null);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (FileNotFoundException missing)
        {
            return (null, null, missing);
        }
    }

    private static FileStart AtPath(FilePlace place, FileSourceOptions options)
    {
        var file = OpenFile.ToRead(place.Path);
        if (options.Follow is not { BeginAtEnd: true } || place.HasCome)
        {
            return new FileStart(file, new FileMark(), ResumeState<FilePosition>.None, false);
        }

        try
        {
            var mark = FileMark.Read(file, LastLine(file, options));
            return new FileStart(file, mark, mark.Position, false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Where the last line begins, which may not be whole yet.</summary>
    private static long LastLine(SafeFileHandle file, FileSourceOptions options)
    {
        var buffer = new byte[BlockSize];
        var begin = buffer.AsSpan(0, FileMark.ReadFully(file, buffer.AsSpan(0, 4), 0)).ToArray();
        var format = options.Encoding is { } encoding ? LineFormat.Of(encoding) : LineFormat.Detect(begin, isAll: true, "The file")!;
        var end = RandomAccess.GetLength(file);
        end -= end % format.Unit;
        while (end > 0)
        {
            var count = (int)Math.Min(BlockSize, end);
            count = FileMark.ReadFully(file, buffer.AsSpan(0, count), end - count);
            for (var i = count; i >= format.Unit; i -= format.Unit)
            {
                if (format.EndsWithNewline(buffer.AsSpan(0, i)))
                {
                    return end - count + i;
                }
            }

            end -= count;
        }

        return 0;
    }

    private static bool IsAfter(FilePosition position, out FilePosition end)
    {
        end = default;
        return position.Fingerprint is { } text && text.StartsWith(AfterMark, StringComparison.Ordinal)
            && text[AfterMark.Length..].Split(' ') is [var offset, var fingerprint]
            && long.TryParse(offset, System.Globalization.CultureInfo.InvariantCulture, out var parsed)
            && (end = new FilePosition(parsed, fingerprint)).Offset > 0;
    }
}

/// <summary>A path that is read.</summary>
/// <param name="Path">The path.</param>
/// <param name="IsOfRotation">Whether files that had the path before are looked for.</param>
/// <param name="IsReadFromOldest">Whether they are read at the first start, too.</param>
/// <param name="HasCome">Whether the file was not there at the start.</param>
/// <param name="IsForOthers">Whether a name in the directory is that of a file that somebody else reads.</param>
internal sealed record FilePlace(
    string Path, bool IsOfRotation = true, bool IsReadFromOldest = false, bool HasCome = false, Func<string, bool>? IsForOthers = null);
