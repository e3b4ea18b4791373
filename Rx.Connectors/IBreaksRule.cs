namespace Rx.Connectors;

/// <summary>An exception that falls under one of the numbered rules, for errors that name it (rule F5).</summary>
internal interface IBreaksRule
{
    string Rule { get; }

    /// <summary>Whether it may go well another time. What broke a rule mostly breaks it again.</summary>
    bool MayPass => false;
}
