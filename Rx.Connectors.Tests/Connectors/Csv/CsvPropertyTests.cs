using CsCheck;
using CsvHelper;
using Rx.Connectors.Csv;
using Rx.Connectors.Files;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Csv;

/// <summary>P23 over random files: against what was written, and against CsvHelper reading in one go.</summary>
[Trait("speed", "slow")]
public sealed class CsvPropertyTests
{
    [Fact]
    public void P23_S5_it_resumes_at_every_row_of_any_file() => Gen.Select(CsvText.Any(8), Gen.Int[1, 4], Gen.Int).Sample(
        (csv, count, seed) =>
        {
            using var file = new CsvFile(csv.Bytes);
            CutAnywhere.Check<string, FilePosition>(
                (_, resumeState) => new RowTexts(file.Open(resumeState, new CsvSourceOptions { MaxBatchSize = count })), seed);
        },
        iter: 150, threads: 1);

    [Fact]
    public void P23_the_rows_are_those_that_CsvHelper_reads_in_one_go() => CsvText.Any(20).Sample(
        csv =>
        {
            using var file = new CsvFile(csv.Bytes);
            using var reader = CsvReader.FromFile(file.Path, new CsvReaderOptions { Separator = ',' });
            var expected = new List<string>();
            while (reader.Read())
            {
                expected.Add(string.Join(", ", reader.Headers.ToArray().Zip(reader.Current.ToArray(), (name, field) => $"{name}={field}")));
            }

            Assert.Equal(csv.Rows.Select((_, row) => csv.Text(row)), expected);
            Assert.Equal(expected, file.ReadAll());
        },
        iter: 300, threads: 1);

    [Fact]
    public void P23_the_position_is_the_exact_byte_after_each_row_also_in_a_large_file() => CsvText.Any(6_000).Sample(
        csv =>
        {
            using var file = new CsvFile(csv.Bytes);
            using var partition = file.Open(options: new CsvSourceOptions { MaxBatchSize = 1 });
            var positions = new List<FilePosition>();
            for (var row = 0; row < csv.Rows.Length; row++)
            {
                Assert.Equal(csv.Text(row), Assert.Single(partition.NextBatch()!).ToString());
                positions.Add(partition.Snapshot().Value);
                Assert.Equal(csv.Ends[row], positions[row].Offset);
            }

            Assert.Null(partition.NextBatch());
            for (var cut = 0; cut < csv.Rows.Length; cut += 1 + (csv.Rows.Length / 5))
            {
                Assert.Equal(csv.Rows.Select((_, row) => csv.Text(row)).Skip(cut + 1), file.ReadAll(positions[cut]));
            }
        },
        iter: 12, threads: 1);
}

/// <summary>A file that is there for one test.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rx-csv-");

    public CsvFile(byte[] bytes)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "in.csv");
        File.WriteAllBytes(Path, bytes);
    }

    public CsvFile(string text)
        : this(System.Text.Encoding.UTF8.GetBytes(text))
    {
    }

    public string Path { get; }

    public StatefulSourcePartition<IReadOnlyDictionary<string, string>, FilePosition> Open(
        ResumeState<FilePosition> resumeState = default, CsvSourceOptions? options = null)
    {
        var source = new CsvSource(Path, options);
        return source.BuildPartition("in", Assert.Single(source.ListPartitions()), resumeState);
    }

    public List<string> ReadAll(ResumeState<FilePosition> resumeState = default, CsvSourceOptions? options = null)
    {
        using var partition = Open(resumeState, options);
        var rows = new List<string>();
        while (partition.NextBatch() is { } batch)
        {
            rows.AddRange(batch.Select(row => row.ToString()!));
        }

        return rows;
    }

    public FilePosition PositionAfter(int rows)
    {
        using var partition = Open(options: new CsvSourceOptions { MaxBatchSize = rows });
        Assert.Equal(rows, partition.NextBatch()!.Count);
        return partition.Snapshot().Value;
    }

    public CsvFileException Failure(ResumeState<FilePosition> resumeState = default, CsvSourceOptions? options = null) =>
        Assert.Throws<CsvFileException>(() => ReadAll(resumeState, options));

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>Rows as texts, which can be compared.</summary>
internal sealed class RowTexts(StatefulSourcePartition<IReadOnlyDictionary<string, string>, FilePosition> rows)
    : StatefulSourcePartition<string, FilePosition>
{
    public override IReadOnlyList<string>? NextBatch() => rows.NextBatch()?.Select(row => row.ToString()!).ToArray();

    public override ResumeState<FilePosition> Snapshot() => rows.Snapshot();

    protected override void Dispose(bool disposing) => rows.Dispose();
}
