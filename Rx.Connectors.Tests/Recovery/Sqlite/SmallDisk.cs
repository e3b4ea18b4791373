using System.Diagnostics;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>A file system of half a MiB, which can really be full and really be read-only. Needs Linux and root; skips otherwise.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public string Store => Path.Combine(Folder, "store.db");

    private string Filler => Path.Combine(Folder, "filler");

    public static SmallDisk Mount()
    {
        var folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder))
        {
            Directory.Delete(folder);
            Assert.Skip("Mounting a file system needs Linux and root.");
        }

        return new SmallDisk(folder);
    }

    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // That is what it is for.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Remount(string access) => Assert.True(Run("mount", "-o", $"remount,{access}", Folder));

    /// <summary>Runs a program; false where it fails or is not there.</summary>
    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder, recursive: true);
    }
}
