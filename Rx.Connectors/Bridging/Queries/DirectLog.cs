using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>The position of items that come straight from the client: that of the last one handed out.</summary>
internal sealed class DirectLog<T, TPosition>(ResumeState<TPosition> resumeState) : BatchLog<Positioned<T, TPosition>, T, Mark<TPosition>>
{
    public ResumeState<TPosition> Position { get; private set; } = resumeState;

    public override bool Follows(in Positioned<T, TPosition> item, in Mark<TPosition> last, out T value, out Mark<TPosition> mark)
    {
        value = item.Value;
        mark = new Mark<TPosition>(item.Position, 0, 0);
        return true;
    }

    public override bool Accept(in Positioned<T, TPosition> item, out T value, out Mark<TPosition> mark, out Exception? error)
    {
        error = null;
        return Follows(item, default, out value, out mark);
    }

    public override void HandedOut(ReadOnlySpan<Mark<TPosition>> marks) => Position = marks[^1].Position;
}
