using System.Collections;
using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Sources;

/// <summary>
/// The steps that all helpers of <see cref="Batch"/> share. It is not left to the compiler: an iterator of its making throws
/// once and then claims to be at its end, with the items gathered before lost.
/// </summary>
internal abstract class BatchEnumerator<T> : IEnumerator<IReadOnlyList<T>>
{
    private List<T>? _current;
    private ExceptionDispatchInfo? _error;
    private bool _ended;
    private volatile bool _disposed;

    public IReadOnlyList<T> Current => _current ?? throw new InvalidOperationException("There is no batch: take a step first.");

    object IEnumerator.Current => Current;

    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Batch));
        _current = null;
        if (_error is null && !_ended)
        {
            var batch = new List<T>();
            try
            {
                _ended = !Gather(batch);
            }
            catch (Exception failed)
            {
                _error = ExceptionDispatchInfo.Capture(failed);
            }

            // What a read ends with because it was stopped is neither the input's end nor its failure.
            ObjectDisposedException.ThrowIf(_disposed && batch.Count == 0, typeof(Batch));
            if (batch.Count > 0 || (_error is null && !_ended))
            {
                _current = batch;
                return true;
            }
        }

        _error?.Throw();
        return false;
    }

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    /// <summary>Adds what there is to a batch, which may be nothing.</summary>
    /// <returns>False when there will be no more.</returns>
    protected abstract bool Gather(List<T> batch);

    /// <summary>Releases the input. Called at every disposal.</summary>
    protected virtual void Close()
    {
    }
}
