using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;

namespace Rx.Connectors.Benchmarks;

/// <summary>One actor system for all that is done with Akka.Streams, made outside of what is measured. Only its log is set.</summary>
internal static class AkkaHost
{
    private static readonly Lazy<IMaterializer> _materializer = new(() => ActorSystem.Create(
        "benchmarks",
        ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }")).Materializer());

    public static IMaterializer Materializer => _materializer.Value;
}
