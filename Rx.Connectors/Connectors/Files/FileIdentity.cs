using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

internal enum FileKind
{
    /// <summary>This system does not say.</summary>
    Unknown = 0,

    /// <summary>There is nothing, or a link that leads to nothing.</summary>
    Missing,

    Regular,

    Directory,

    /// <summary>A pipe, a socket, a device: it has no length, and to open it may wait for somebody.</summary>
    Special,
}

/// <summary>Which file it is, whatever its names. Links are followed.</summary>
internal readonly record struct FileIdentity(FileKind Kind, ulong Device = 0, ulong Number = 0)
{
    private const int KindOfMode = 0xF000;
    private const int RegularMode = 0x8000;
    private const int DirectoryMode = 0x4000;

    public static FileIdentity Of(string path)
    {
        if (!Native.IsAvailable)
        {
            return Portable(path);
        }

        try
        {
            return Native.Look(Native.CurrentDirectory, path, 0, Native.TypeLinksAndNumber, out var status) == 0 ? Of(status)
                : Marshal.GetLastPInvokeError() is Native.NoSuchEntry or Native.NoDirectory or Native.TooManyLinks
                    ? new FileIdentity(FileKind.Missing) : default;
        }
        catch (Exception old) when (old is EntryPointNotFoundException or DllNotFoundException)
        {
            return Portable(path);
        }
    }

    public static FileIdentity Of(SafeFileHandle file)
    {
        try
        {
            return Native.IsAvailable && Native.Look(file, "", Native.EmptyPath, Native.TypeLinksAndNumber, out var status) == 0
                ? Of(status) : default;
        }
        catch (Exception old) when (old is EntryPointNotFoundException or DllNotFoundException)
        {
            return default;
        }
    }

    /// <summary>Whether both are one file; null where that cannot be told.</summary>
    public bool? IsSameAs(FileIdentity other) =>
        Kind == FileKind.Unknown || other.Kind == FileKind.Unknown ? null : this == other;

    /// <summary>Whether an open file has no name any more; null where that cannot be told.</summary>
    public static bool? IsDeleted(SafeFileHandle file)
    {
        try
        {
            return Native.IsAvailable && Native.Look(file, "", Native.EmptyPath, Native.TypeLinksAndNumber, out var status) == 0
                ? status.Links == 0 : null;
        }
        catch (Exception old) when (old is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    private static FileIdentity Of(Native.FileStatus status) => new(
        (status.Mode & KindOfMode) switch
        {
            RegularMode => FileKind.Regular,
            DirectoryMode => FileKind.Directory,
            _ => FileKind.Special,
        },
        ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Number);

    private static FileIdentity Portable(string path)
    {
        try
        {
            var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) : null;
            return new FileIdentity(
                Directory.Exists(path) ? FileKind.Directory : File.Exists(target?.FullName ?? path) ? FileKind.Unknown : FileKind.Missing);
        }
        catch (IOException)
        {
            // It vanished meanwhile, or is a link that leads to itself.
            return new FileIdentity(FileKind.Missing);
        }
    }
}
