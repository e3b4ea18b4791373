using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Csv;

internal sealed class CsvPartition : StatefulSourcePartition<IReadOnlyDictionary<string, string>, FilePosition>
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly CsvSourceOptions _options;
    private readonly SafeFileHandle _file;
    private readonly FileMark? _resumed;
    private ResumeState<FilePosition>? _position;
    private CsvHeader? _header;
    private RowReader? _rows;
    private ExceptionDispatchInfo? _failure;
    private bool _ended;
    private bool _disposed;

    public CsvPartition(string path, CsvSourceOptions options, ResumeState<FilePosition> resumeState)
    {
        (_path, _options, _position) = (path, options, resumeState);
        _file = OpenFile.ToRead(path);
        try
        {
            if (resumeState.TryGetValue(out var position) && position.Offset != 0)
            {
                _resumed = OpenFile.FindMark(_file, path, position, out var problem);
                _position = _resumed is not null ? _position
                    : options.OnOtherFile == FileMismatchBehavior.StartOver ? new FilePosition(0)
                    : throw new FileChangedException(path, position.Offset, problem!);
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
            while (!_ended && batch.Count < _options.MaxBatchSize)
            {
                // Read also without a header: a file that was emptied since it was opened at a position is no file without rows.
                if (_rows.Read() is not { } fields || _header is null)
                {
                    _ended = true;
                    return;
                }

                fields = Check(_rows, _header, fields);
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

    /// <summary>The fields that have names; those behind them must be empty.</summary>
    private string[] Check(RowReader rows, CsvHeader header, string[] fields)
    {
        var named = header.Names.Length;
        if (fields.Length > named && fields.AsSpan(named).IndexOfAnyExcept("") >= 0)
        {
            throw rows.Failed($"the row has {fields.Length} fields, and the header {named}");
        }

        if (fields.Length < named && !_options.AllowMissingFields)
        {
            throw rows.Failed($"the row has {fields.Length} fields, and the header {named}");
        }

        return fields.Length > named ? fields[..named] : fields;
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
                ? RowReader.BehindRow(_path, _options, _file, _resumed)
                : throw new FileChangedException(
                    _path, _resumed.Offset,
                    $"The header of {_path} ends at offset {rows.Offset}, and the stored position is {_resumed.Offset}: it is of another file.");
        }
    }

    private RowReader OpenBehindHeader()
    {
        var rows = RowReader.AtBeginning(_path, _options, _file);
        try
        {
            if (rows.Read() is not { } names)
            {
                return rows;
            }

            _header = CsvHeader.Of(names, _options);
            if (_header.Duplicate is { } twice)
            {
                throw rows.Failed($"the header has the name \"{twice}\" twice");
            }

            if (_options.HasHeader)
            {
                rows.Accept();
                return rows;
            }

            // The first row is one like others: it is read again.
            rows.Dispose();
            rows = RowReader.AtBeginning(_path, _options, _file);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }
}
