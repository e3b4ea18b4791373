using Rx.Connectors.Benchmarks;

return args is ["recovery", .. var rest] ? RecoveryComparison.Run(rest) : Comparison.Run(args);
