namespace Rx.Connectors.Benchmarks;

/// <summary><c>bridge-100</c></summary>
public class Bridge100() : Record(BridgeWorkload.Make(100));

/// <summary><c>bridge-1000</c></summary>
public class Bridge1000() : Record(BridgeWorkload.Make(1_000));

/// <summary><c>push</c></summary>
public class Push() : Record(PushWorkload.Make());

/// <summary><c>end-to-end</c></summary>
public class EndToEnd() : Record(EndToEndWorkload.Make());

/// <summary><c>sink-sync-1</c></summary>
public class SinkSync1() : Record(SinkWorkload.Make(concurrency: 1, yields: false));

/// <summary><c>sink-sync-16</c></summary>
public class SinkSync16() : Record(SinkWorkload.Make(concurrency: 16, yields: false));

/// <summary><c>sink-yield-1</c></summary>
public class SinkYield1() : Record(SinkWorkload.Make(concurrency: 1, yields: true));

/// <summary><c>sink-yield-16</c></summary>
public class SinkYield16() : Record(SinkWorkload.Make(concurrency: 16, yields: true));

/// <summary><c>flow</c></summary>
public class Flow() : Record(FlowWorkload.Make());
