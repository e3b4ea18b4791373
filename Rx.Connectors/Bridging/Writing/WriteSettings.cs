using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>Checked options.</summary>
internal sealed class WriteSettings
{
    private WriteSettings(WriteOptions options)
    {
        MaxConcurrency = options.MaxConcurrency;
        Timeout = options.Timeout;
        MaxRetryAttempts = options.MaxRetryAttempts;
        ShouldRetry = options.ShouldRetry ?? (static _ => true);
        Backoff = BackoffOptions.Check(options.Backoff, $"{nameof(options)}.{nameof(options.Backoff)}");
        Scheduler = options.Scheduler;
    }

    public int MaxConcurrency { get; }

    public TimeSpan Timeout { get; }

    public int MaxRetryAttempts { get; }

    public BackoffOptions Backoff { get; }

    public Func<Exception, bool> ShouldRetry { get; }

    public IScheduler? Scheduler { get; }

    public static WriteSettings Check(WriteOptions? options)
    {
        options ??= new WriteOptions();
        var check = new OptionCheck(nameof(WriteOptions), nameof(options));
        check.Refuse(options.MaxConcurrency < 1, nameof(options.MaxConcurrency), options.MaxConcurrency, "at least 1");
        check.Refuse(
            options.Timeout <= TimeSpan.Zero && options.Timeout != System.Threading.Timeout.InfiniteTimeSpan, nameof(options.Timeout),
            options.Timeout, "more than zero, or Timeout.InfiniteTimeSpan");
        check.Refuse(options.MaxRetryAttempts < 0, nameof(options.MaxRetryAttempts), options.MaxRetryAttempts, "at least 0");
        return new WriteSettings(options);
    }

    /// <summary>Whether a write that has failed may be tried again.</summary>
    public bool Allows(Exception error)
    {
        try
        {
            return ShouldRetry(error);
        }
        catch (Exception)
        {
            // The write's own failure is worth more than the predicate's.
            return false;
        }
    }
}
