using System.Globalization;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// A number for all states of a flow together, kept with each epoch: a row that damage or somebody's hand has changed or removed
/// is noticed. It is the sum of a hash for each, so that an epoch costs only what it changes.
/// </summary>
internal sealed class StateDigest
{
    private readonly Dictionary<(string Step, string Partition), ulong> _hashes = [];
    private ulong _sum;

    public StateDigest(IEnumerable<StoredPosition> states)
    {
        foreach (var state in states)
        {
            var hash = HashOf(state);
            _hashes[(state.Step, state.Partition)] = hash;
            _sum += hash;
        }
    }

    public string Text => TextOf(_sum);

    /// <summary>As it is once the changes are committed. Nothing has changed until <see cref="Next.Accept"/>.</summary>
    public Next After(IReadOnlyList<StoredPosition> changes) => new(this, changes);

    private static string TextOf(ulong sum) => sum.ToString("x16", CultureInfo.InvariantCulture);

    // Against damage, not against malice. What is taken away counts for nothing.
    private static ulong HashOf(StoredPosition state) => state.State is null
        ? 0
        : Mix(Add(Add(Add(Add(14_695_981_039_346_656_037, KindText.Of(state.Kind)), state.Step), state.Partition), state.State));

    // FNV-1a.
    private static ulong Add(ulong hash, string text)
    {
        foreach (var one in text)
        {
            hash = (hash ^ one) * 1_099_511_628_211;
        }

        // Neither names nor JSON hold a zero, which parts them.
        return hash * 1_099_511_628_211;
    }

    // The end of MurmurHash3: without it like changes of two states would cancel each other out in the sum.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }

    internal sealed class Next
    {
        private readonly StateDigest _digest;
        private readonly Dictionary<(string Step, string Partition), ulong> _changed = [];
        private readonly ulong _sum;

        public Next(StateDigest digest, IReadOnlyList<StoredPosition> changes)
        {
            _digest = digest;

            // Of a key that comes twice the last counts.
            foreach (var change in changes)
            {
                _changed[(change.Step, change.Partition)] = HashOf(change);
            }

            _sum = digest._sum;
            foreach (var (key, hash) in _changed)
            {
                _sum += hash - digest._hashes.GetValueOrDefault(key);
            }
        }

        public string Text => TextOf(_sum);

        public void Accept()
        {
            foreach (var (key, hash) in _changed)
            {
                _digest._hashes[key] = hash;
            }

            _digest._sum = _sum;
        }
    }
}
