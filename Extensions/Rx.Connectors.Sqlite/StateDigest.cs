using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    public StateDigest(IEnumerable<StoredState> states)
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
    public Next After(IReadOnlyList<StoredState> changes) => new(this, changes);

    private static string TextOf(ulong sum) => sum.ToString("x16", CultureInfo.InvariantCulture);

    // Names and JSON hold no zero. What is taken away counts for nothing.
    private static ulong HashOf(StoredState state) => state.State is null
        ? 0
        : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(
            Encoding.UTF8.GetBytes($"{KindText.Of(state.Kind)}\0{state.Step}\0{state.Partition}\0{state.State}")));

    internal sealed class Next
    {
        private readonly StateDigest _digest;
        private readonly Dictionary<(string Step, string Partition), ulong> _changed = [];
        private readonly ulong _sum;

        public Next(StateDigest digest, IReadOnlyList<StoredState> changes)
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
