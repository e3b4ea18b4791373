namespace Rx.Connectors.Bridging;

/// <summary>
/// How many items a sender may put down without asking. Not an interface, since the sender looks at it for every item.
/// </summary>
internal abstract class Grant
{
    private volatile bool _isRevoked;

    public bool IsRevoked
    {
        get => _isRevoked;
        protected set => _isRevoked = value;
    }

    /// <summary>Whether an item can be put down, for which there is room then. On the sender's thread.</summary>
    public bool HasCredit => Credit > 0 && !_isRevoked;

    protected int Credit { get; set; }
}
