using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Defaults, and what is refused when the store is made.</summary>
public sealed class SqliteOptionTests
{
    [Fact]
    public void Defaults_are_those_of_the_pages()
    {
        var options = new SqliteRecoveryOptions();
        Assert.Equal(TimeSpan.FromSeconds(5), options.BusyTimeout);
        Assert.Equal(TimeSpan.Zero, options.BackupInterval);
        Assert.Null(options.ResumeEpoch);
        Assert.True(options.FullIntegrityCheck);
    }

    [Fact]
    public void Store_names_the_option_that_it_refuses()
    {
        Refused(new() { BusyTimeout = TimeSpan.FromTicks(-1) }, "BusyTimeout must be from zero to 1.00:00:00.");
        Refused(new() { BusyTimeout = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) }, "BusyTimeout must be from zero to 1.00:00:00.");
        Refused(new() { BackupInterval = TimeSpan.FromTicks(-1) }, "BackupInterval must be zero or more.");
        Refused(new() { ResumeEpoch = 0 }, "ResumeEpoch must be 1 or more, or null for the newest epoch.");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":memory:")]
    public void Store_without_a_file_is_refused(string path) =>
        Assert.Throws<ArgumentException>(nameof(path), () => new SqliteRecoveryStore(path));

    [Fact]
    public void Store_knows_its_file_wherever_the_process_goes() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "orders.db"), new SqliteRecoveryStore("orders.db").FilePath);

    private static void Refused(SqliteRecoveryOptions options, string message)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new SqliteRecoveryStore("orders.db", options));
        Assert.StartsWith($"SqliteRecoveryOptions.{message}", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("options.", refused.ParamName, StringComparison.Ordinal);
    }
}
