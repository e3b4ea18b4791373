using CsCheck;
using Rx.Connectors.Bridging;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>The one piece of the bridge that two threads touch without the lock, driven through every order of its calls.</summary>
public sealed class OpenBatchTests
{
    private const int MaxBatchSize = 6;

    private enum Step
    {
        Arrive,
        Put,
        Learn,
        AppendOther,
        Take,
        Drop,
        End,
    }

    [Fact]
    public void Every_item_is_taken_once_and_in_the_order_in_which_it_became_known() =>
        Gen.Enum<Step>().Array[1, 60].Sample(
            steps =>
            {
                var model = new Model();
                foreach (var step in steps)
                {
                    model.Do(step);
                }

                model.Finish();
            },
            iter: 20_000);

    [Fact]
    public void The_array_that_a_run_has_filled_is_the_one_that_is_taken()
    {
        var open = Running(MaxBatchSize);
        while (open.Credit.IsLeft)
        {
            open.Put(open.Unknown + 1, default);
        }

        Assert.Equal(MaxBatchSize - 2, open.Unknown);
        open.Learn(open.Unknown);
        open.Return();
        open.Append(MaxBatchSize - 1, default);
        var first = open.Take(0, []).ToArray();
        Assert.Equal(Enumerable.Range(0, MaxBatchSize), first);

        // Now its length is known.
        open.Append(0, default);
        for (var i = 1; i < MaxBatchSize; i++)
        {
            open.Append(i, default);
        }

        var batch = open.Take(0, []);
        Assert.Same(batch.Items, batch.ToArray());
    }

    [Fact]
    public void Credit_ends_one_short_of_a_full_batch_and_where_there_is_no_room()
    {
        Assert.Equal(MaxBatchSize - 2, PutAll(Running(MaxBatchSize)));
        Assert.Equal(2, PutAll(Running(2)));
        Assert.Equal(0, PutAll(Running(0)));
    }

    [Fact]
    public void What_is_taken_in_mid_run_leaves_the_run_its_array()
    {
        var open = Running(MaxBatchSize);
        open.Put(1, default);
        open.Learn(1);
        Assert.Equal([0, 1], open.Take(0, []).ToArray());
        Assert.Equal(0, open.Count);
        // It had looked for credit before it was ended.
        open.Put(2, default);
        Assert.False(open.Credit.IsLeft);
        Assert.Equal(1, open.Unknown);
        open.Learn(1);
        open.Return();
        open.Append(3, default);
        Assert.Equal([2, 3], open.Take(0, []).ToArray());
    }

    private static OpenBatch<int, Unmarked> Running(int room)
    {
        var open = new OpenBatch<int, Unmarked>(MaxBatchSize);
        open.Append(0, default);
        open.Run(room);
        return open;
    }

    private static int PutAll(OpenBatch<int, Unmarked> open)
    {
        var count = 0;
        for (; open.Credit.IsLeft; count++)
        {
            open.Put(count, default);
        }

        return count;
    }

    // Marks are the items again, to see that both stay side by side.
    private sealed class Model
    {
        private readonly OpenBatch<int, int> _open = new(MaxBatchSize);
        private readonly List<int> _known = [];
        private readonly List<int> _put = [];
        private readonly List<int> _taken = [];
        private int _next;
        private bool _hasLooked;

        public void Do(Step step)
        {
            switch (step)
            {
                case Step.Arrive:
                    LearnAll();
                    _open.Return();
                    Append();
                    if (_open.Count is > 0 and < MaxBatchSize)
                    {
                        _open.Run(MaxBatchSize);
                    }

                    break;
                case Step.Put when _open.IsRunning && _hasLooked:
                    _put.Add(++_next);
                    _open.Put(_next, _next);
                    _hasLooked = false;
                    Assert.Equal(_put.Count, _open.Unknown);
                    break;
                case Step.Learn when _put.Count > 0:
                    Assert.Equal(_put, _open.UnknownMarks.ToArray());
                    Learn(1);
                    break;
                case Step.AppendOther:
                    LearnAll();
                    Append();
                    break;
                case Step.Take when _open.Count > 0:
                    Take();
                    break;
                case Step.Drop when !_open.IsRunning && _open.Count > 0:
                    _open.DropOldest();
                    _taken.Add(_known[_taken.Count]);
                    break;
                case Step.End:
                    LearnAll();
                    _open.Return();
                    break;
            }

            Assert.Equal(_known.Count - _taken.Count, _open.Count);
            // The run may have looked before its credit was ended.
            _hasLooked = _open.IsRunning && (_hasLooked || _open.Credit.IsLeft);
        }

        public void Finish()
        {
            Do(Step.End);
            if (_open.Count > 0)
            {
                Take();
            }

            Assert.Equal(_known, _taken);
        }

        private void Append()
        {
            _known.Add(++_next);
            _open.Append(_next, _next);
            if (_open.Count == MaxBatchSize)
            {
                Take();
            }
        }

        private void LearnAll()
        {
            if (_put.Count > 0)
            {
                Learn(_put.Count);
            }
        }

        private void Learn(int count)
        {
            _known.AddRange(_put[..count]);
            _put.RemoveRange(0, count);
            _open.Learn(count);
            if (_open.Count == MaxBatchSize)
            {
                Take();
            }
        }

        private void Take()
        {
            Assert.Equal(_known[_taken.Count], _open.OldestMark[0]);
            var batch = _open.Take(0, []);
            Assert.Equal(batch.ToArray(), batch.Kept.ToArray());
            Assert.Equal(_known.Skip(_taken.Count), batch.ToArray());
            _taken.AddRange(batch.ToArray());
        }
    }
}
