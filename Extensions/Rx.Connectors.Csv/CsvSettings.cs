using CsvHelper;

namespace Rx.Connectors.Csv;

/// <summary>Checked options.</summary>
internal sealed record CsvSettings(string Path, int MaxBatchSize, bool AllowMissingFields, CsvReaderOptions Reading)
{
    private const char Quote = '"';

    public static CsvSettings Check(string path, CsvSourceOptions options)
    {
        Require(options.MaxBatchSize >= 1, nameof(options.MaxBatchSize), options.MaxBatchSize, "at least 1");
        Require(options.MaxRowSize >= 1, nameof(options.MaxRowSize), options.MaxRowSize, "at least 1");
        Require(
            char.IsAscii(options.Delimiter) && options.Delimiter is not (Quote or '\r' or '\n' or '\0'),
            nameof(options.Delimiter), options.Delimiter, "an ASCII character that is neither a quote nor a line break");
        return new CsvSettings(path, options.MaxBatchSize, options.AllowMissingFields, new CsvReaderOptions
        {
            // The header is read as a row: the position after it must be known, and a resumed run begins behind it.
            HasHeader = false,
            Separator = options.Delimiter,
            Quote = Quote,
            MaxRecordSize = options.MaxRowSize,
            MalformedData = CsvMalformedDataHandling.Throw,
        });
    }

    private static void Require(bool holds, string option, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(
                $"options.{option}", value, $"{nameof(CsvSourceOptions)}.{option} must be {allowed}.");
        }
    }
}
