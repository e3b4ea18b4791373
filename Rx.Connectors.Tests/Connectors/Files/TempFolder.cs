using System.Text;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>A folder that is deleted with all that is in it.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rx-connectors-");

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, over the old one in place, and returns its path.</summary>
    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        using var file = new FileStream(
            this[name], FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.SetLength(0);
        file.Write(bytes);
        return this[name];
    }

    public void Append(string name, string text)
    {
        using var file = new FileStream(
            this[name], FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
