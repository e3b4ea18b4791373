using Rx.Connectors.Benchmarks;

return Comparison.Run(args);
