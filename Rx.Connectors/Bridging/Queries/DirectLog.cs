using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>The position of items that come straight from the client: that of the last one handed out.</summary>
internal sealed class DirectLog<T, TState>(ResumeState<TState> resumeState) : BatchLog<Positioned<T, TState>, T, Mark<TState>>
{
    public ResumeState<TState> Position { get; private set; } = resumeState;

    public override bool Follows(in Positioned<T, TState> item, in Mark<TState> last, out T value, out Mark<TState> mark)
    {
        value = item.Value;
        mark = new Mark<TState>(item.Position, 0, 0);
        return true;
    }

    public override bool Accept(in Positioned<T, TState> item, out T value, out Mark<TState> mark, out Exception? error)
    {
        error = null;
        return Follows(item, default, out value, out mark);
    }

    public override void HandedOut(ReadOnlySpan<Mark<TState>> marks) => Position = marks[^1].Position;
}
