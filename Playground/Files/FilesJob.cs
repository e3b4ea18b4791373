using Rx.Connectors.Playground.Infrastructure;

namespace Rx.Connectors.Playground.Files;

/// <summary>What is to be copied where.</summary>
internal sealed record FilesJob(string Input, string Output, string Recovery, TimeSpan Epoch, int Workers, int? Rate, bool Follows)
{
    /// <exception cref="BadOptionException">The paths cannot be used together.</exception>
    public void Check()
    {
        if (!Directory.Exists(Input))
        {
            throw new BadOptionException($"--in must be a directory; '{Input}' is none.");
        }

        if (!Directory.EnumerateFiles(Input).Any())
        {
            throw new BadOptionException($"--in must be a directory with files; there is none in '{Input}'.");
        }

        CheckFile("--out", Output);
        CheckFile("--recovery", Recovery);
        if (Path.GetFullPath(Output) == Path.GetFullPath(Recovery))
        {
            throw new BadOptionException("--out and --recovery must be two different files.");
        }
    }

    private void CheckFile(string option, string path)
    {
        var directory = Paths.CheckFile(option, path);

        // It would be read like every other file there.
        if (Real(Input) == Real(directory))
        {
            throw new BadOptionException($"{option} must not be in the directory that is read; it is '{path}'.");
        }
    }

    private static string Real(string directory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }
}
