using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Csv;

internal sealed class CsvPartition : StatefulSourcePartition<IReadOnlyDictionary<string, string>, FilePosition>
{
    private readonly Lock _gate = new();
    private readonly CsvSettings _settings;
    private readonly SafeFileHandle _file;
    private readonly FileMark? _resumed;
    private ResumeState<FilePosition>? _position;
    private CsvHeader? _header;
    private RowReader? _rows;
    private ExceptionDispatchInfo? _failure;
    private bool _ended;
    private bool _disposed;

    public CsvPartition(CsvSettings settings, ResumeState<FilePosition> resumeState)
    {
        (_settings, _position) = (settings, resumeState);
        _file = OpenFile.ToRead(settings.Path);
        try
        {
            if (resumeState.TryGetValue(out var position))
            {
                _resumed = OpenFile.FindMark(_file, settings.Path, position, out var problem)
                    ?? throw new FileChangedException(settings.Path, position.Offset, problem!);
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

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

    public override ResumeState<FilePosition> Snapshot()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _position ??= _rows!.Position;
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            _rows?.Dispose();
            _file.Dispose();
        }
    }

    private void TryFill(List<IReadOnlyDictionary<string, string>> batch)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        try
        {
            _rows ??= Open();
            while (!_ended && batch.Count < _settings.MaxBatchSize)
            {
                // Read also without a header: a file that was emptied since it was opened at a position is no file without rows.
                if (_rows.Read() is not { } fields || _header is null)
                {
                    _ended = true;
                    return;
                }

                Check(_rows, _header, fields);
                _rows.Accept();
                batch.Add(new CsvFields(_header, fields));
                _position = null;
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
        if (missing < 0 || (missing > 0 && !_settings.AllowMissingFields))
        {
            throw rows.Failed($"the row has {fields.Length} fields, and the header {header.Names.Length}");
        }
    }

    private RowReader Open()
    {
        var rows = OpenBehindHeader();
        if (_resumed is null)
        {
            return rows;
        }

        using (rows)
        {
            return _resumed.Offset >= rows.Offset
                ? RowReader.BehindRow(_settings, _file, _resumed)
                : throw new FileChangedException(
                    _settings.Path, _resumed.Offset,
                    $"The header of {_settings.Path} ends at offset {rows.Offset}, and the stored position is {_resumed.Offset}: it is of another file.");
        }
    }

    private RowReader OpenBehindHeader()
    {
        var rows = RowReader.AtBeginning(_settings, _file);
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
