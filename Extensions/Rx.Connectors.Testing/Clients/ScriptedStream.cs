using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>An asynchronous client that does what a <see cref="ClientScript{T}"/> says, and remembers what is done to it.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>The counts are over all enumerations, and may be read from any thread.</remarks>
public sealed class ScriptedStream<T> : IAsyncEnumerable<T>
{
    private readonly Lock _gate = new();
    private readonly ClientStep<T>[] _steps;
    private readonly IScheduler _clock;
    private readonly DateTimeOffset _start;
    private readonly bool _obeysToken;
    private readonly List<T> _delivered = [];
    private int _opened;
    private int _reads;
    private int _overlapping;
    private int _disposed;
    private int _cancelled;

    internal ScriptedStream(ClientStep<T>[] steps, IScheduler clock, bool obeysToken)
    {
        _steps = steps;
        _clock = clock;
        _start = clock.Now;
        _obeysToken = obeysToken;
    }

    /// <summary>How often it was enumerated.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>How many reads were begun.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How many reads were begun, or enumerators disposed, while another read was under way. A good reader has none.</summary>
    public int Overlapping => Volatile.Read(ref _overlapping);

    /// <summary>How often an enumerator was disposed.</summary>
    public int Disposed => Volatile.Read(ref _disposed);

    /// <summary>How many enumerations were cancelled through their token.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>What was delivered, a copy.</summary>
    public IReadOnlyList<T> Delivered
    {
        get
        {
            lock (_gate)
            {
                return [.. _delivered];
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _opened);
        return new Enumerator(this, cancellationToken);
    }

    private void Deliver(T item)
    {
        lock (_gate)
        {
            _delivered.Add(item);
        }
    }

    private sealed class Enumerator : IAsyncEnumerator<T>
    {
        private readonly ScriptedStream<T> _stream;
        private readonly CancellationToken _token;
        private readonly CancellationTokenRegistration _registration;
        private int _next;
        private int _readsNow;

        public Enumerator(ScriptedStream<T> stream, CancellationToken token)
        {
            _stream = stream;
            _token = token;
            _registration = token.UnsafeRegister(
                static one => Interlocked.Increment(ref ((ScriptedStream<T>)one!)._cancelled), stream);
        }

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            Interlocked.Increment(ref _stream._reads);
            if (Interlocked.Increment(ref _readsNow) > 1)
            {
                Interlocked.Increment(ref _stream._overlapping);
            }

            try
            {
                await WaitAsync().ConfigureAwait(false);
                return Next();
            }
            finally
            {
                Interlocked.Decrement(ref _readsNow);
            }
        }

        public ValueTask DisposeAsync()
        {
            if (Volatile.Read(ref _readsNow) > 0)
            {
                Interlocked.Increment(ref _stream._overlapping);
            }

            Interlocked.Increment(ref _stream._disposed);
            // While it is being cancelled its own count may still be to come.
            if (!_token.IsCancellationRequested)
            {
                _registration.Unregister();
            }

            return ValueTask.CompletedTask;
        }

        private Task WaitAsync()
        {
            DateTimeOffset? due = _next < _stream._steps.Length ? _stream._start + _stream._steps[_next].At : null;
            return due <= _stream._clock.Now
                ? Task.CompletedTask
                : ClockDelay.Until(_stream._clock, due, _stream._obeysToken ? _token : CancellationToken.None);
        }

        private bool Next()
        {
            var step = _stream._steps[_next];
            if (step.Kind == ClientStepKind.Deliver)
            {
                _next++;
                Current = step.Item!;
                _stream.Deliver(Current);
                return true;
            }

            return step.Kind == ClientStepKind.Fail ? throw step.Error! : false;
        }
    }
}
