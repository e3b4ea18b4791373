using System.Runtime.ExceptionServices;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Csv;

internal sealed class CsvPartition(CsvSettings settings, ResumeState<long> resumeState)
    : StatefulSourcePartition<IReadOnlyDictionary<string, string>, long>
{
    private readonly Lock _gate = new();
    private ResumeState<long> _position = resumeState;
    private CsvHeader? _header;
    private RowReader? _rows;
    private ExceptionDispatchInfo? _failure;
    private bool _ended;
    private bool _disposed;

    public override IReadOnlyList<IReadOnlyDictionary<string, string>>? NextBatch()
    {
        // Disposal waits for a poll that reads: the file is not taken away from under it.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var batch = new List<IReadOnlyDictionary<string, string>>();
            if (_failure is null && !_ended)
            {
                TryFill(batch);
            }

            if (batch.Count == 0)
            {
                _failure?.Throw();
            }

            return batch.Count > 0 ? batch : null;
        }
    }

    public override ResumeState<long> Snapshot()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _position;
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            _rows?.Dispose();
        }
    }

    private void TryFill(List<IReadOnlyDictionary<string, string>> batch)
    {
        try
        {
            _rows ??= Open();
            while (!_ended && batch.Count < settings.BatchSize)
            {
                if (_header is null || _rows.Read() is not { } fields)
                {
                    _ended = true;
                    return;
                }

                Check(_rows, _header, fields);
                _rows.Accept();
                batch.Add(new CsvFields(_header, fields));
                _position = _rows.Offset;
            }
        }
        catch (Exception failed)
        {
            // The rows before it are handed out first (rule S3), and this by every poll after them.
            _failure = ExceptionDispatchInfo.Capture(failed);
        }
    }

    private void Check(RowReader rows, CsvHeader header, string[] fields)
    {
        var missing = header.Names.Length - fields.Length;
        if (missing < 0 || (missing > 0 && !settings.AllowMissingFields))
        {
            throw rows.Failed($"the row has {fields.Length} fields, and the header {header.Names.Length}");
        }
    }

    private RowReader Open()
    {
        var rows = OpenBehindHeader();
        if (!_position.TryGetValue(out var offset))
        {
            return rows;
        }

        rows.Dispose();
        return offset >= rows.Offset
            ? RowReader.OpenBehindRow(settings, offset)
            : throw new CsvFileException(
                settings.Path, offset, $"the header ends at byte {rows.Offset}. It is not the file that was read up to there.");
    }

    private RowReader OpenBehindHeader()
    {
        var rows = RowReader.OpenAtBeginning(settings);
        try
        {
            if (rows.Read() is { } names)
            {
                _header = new CsvHeader(names);
                if (_header.Duplicate is { } twice)
                {
                    throw rows.Failed($"the header has the name \"{twice}\" twice");
                }

                rows.Accept();
            }

            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }
}
