namespace Rx.Connectors.Tests.Recovery;

/// <summary>The files in a store's directory as they are at one moment, which is how a kill leaves them.</summary>
internal sealed class StoreImage(IReadOnlyDictionary<string, byte[]> files)
{
    public static StoreImage Of(string folder) => new(Directory.EnumerateFiles(folder)
        .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
        .ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes));

    public byte[] this[string name] => files[name];

    public string Record => files.Keys.Single(name => name.EndsWith(".epoch", StringComparison.Ordinal));

    /// <summary>The same with another content of one file; null for none.</summary>
    public StoreImage With(string name, byte[]? content)
    {
        var other = files.ToDictionary();
        if (content is null)
        {
            other.Remove(name);
        }
        else
        {
            other[name] = content;
        }

        return new StoreImage(other);
    }

    public StoreImage WithBitFlipped(string name, int bit)
    {
        var content = files[name].ToArray();
        content[bit / 8] ^= (byte)(1 << (bit % 8));
        return With(name, content);
    }

    /// <summary>Replaces what is in the directory.</summary>
    public void WriteTo(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            File.Delete(path);
        }

        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }
}
