namespace Rx.Connectors.Bridging;

/// <summary>What a value inside a query knows of the other values made from the same input.</summary>
internal enum PartMark : byte
{
    /// <summary>It was not split.</summary>
    Whole = 0,

    /// <summary>Others follow.</summary>
    Followed,

    /// <summary>It is the last part.</summary>
    Last,
}
