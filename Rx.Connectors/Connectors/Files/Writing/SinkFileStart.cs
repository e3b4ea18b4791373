using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Makes a file ready to be written to. Everything is checked before anything is changed.</summary>
internal static class SinkFileStart
{
    public static SinkFile Open(string path, FileSinkOptions options, ResumeState<FilePosition> resumeState, out FileMark mark)
    {
        var begun = resumeState.TryGetValue(out var position) && position.Offset != 0;
        var file = Open(path, position, begun);
        try
        {
            mark = begun ? OpenFile.FindMark(file.Handle, path, position, out var problem)
                ?? throw new FileChangedException(path, position.Offset, problem!) : new FileMark();
            var length = RandomAccess.GetLength(file.Handle);
            if (!resumeState.HasValue && length > 0 && !options.Overwrite)
            {
                throw new IOException(
                    $"{path} exists, and no position is stored for it. Choose another file, or set " +
                    $"{nameof(FileSinkOptions)}.{nameof(FileSinkOptions.Overwrite)} to empty it.");
            }

            if (length > mark.Offset)
            {
                RandomAccess.SetLength(file.Handle, mark.Offset);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SinkFile Open(string path, FilePosition position, bool begun)
    {
        try
        {
            return SinkFile.Open(path, mayCreate: !begun);
        }
        catch (Exception gone) when (begun && (gone is FileNotFoundException or DirectoryNotFoundException))
        {
            throw new FileChangedException(
                path, position.Offset, $"{path} is gone, and the stored position in it is {position.Offset}. ({gone.Message})");
        }
    }
}
