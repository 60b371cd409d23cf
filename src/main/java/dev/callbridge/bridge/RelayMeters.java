package dev.callbridge.bridge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// What the relay does to audio, counted and timed. One frame in fifty of each direction is timed:
/// enough for a histogram, and nothing on the way of the others.
@Component
final class RelayMeters {

  static final int ONE_IN = 50;

  private static final Duration[] LATENCIES = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500)
  };

  private static final Duration[] TURNS = {
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofMillis(750),
    Duration.ofSeconds(1),
    Duration.ofMillis(1_500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(3),
    Duration.ofSeconds(5),
    Duration.ofSeconds(8)
  };

  private static final Duration[] STAGES = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofMillis(750),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(4)
  };

  private static final String REFUSED = "callbridge.media.refused";

  private final MeterRegistry meters;
  final Timer toAgent;
  final Timer toCaller;
  final Timer turn;
  private final Map<String, Timer> stages = new HashMap<>();
  final Counter droppedFrames;
  final Counter malformedFrames;
  final DistributionSummary waitingFrames;
  final DistributionSummary playbackMillis;

  RelayMeters(MeterRegistry meters) {
    this.meters = meters;
    meters.counter(REFUSED, "status", "" + HttpStatus.FORBIDDEN.value());
    toAgent = latency(meters, "caller_to_agent");
    toCaller = latency(meters, "agent_to_caller");
    turn =
        Timer.builder("callbridge.turn.latency")
            .description("From what the caller said being understood to the agent's first audio")
            .serviceLevelObjectives(TURNS)
            .register(meters);
    for (String stage : List.of("commit", "token", "audio", "played")) {
      stages.put(
          stage,
          Timer.builder("callbridge.turn.stage")
              .description("How long each stage of an answer took, from the end of the one before")
              .tag("stage", stage)
              .serviceLevelObjectives(STAGES)
              .register(meters));
    }
    droppedFrames =
        Counter.builder("callbridge.caller.frames.dropped")
            .description("Frames of callers that an agent did not take in time")
            .register(meters);
    malformedFrames =
        Counter.builder("callbridge.caller.frames.malformed")
            .description("Messages on media sockets that could not be read")
            .register(meters);
    waitingFrames =
        DistributionSummary.builder("callbridge.caller.buffer.frames")
            .description("Frames of a caller that wait for the agent, looked at once a second")
            .serviceLevelObjectives(0.5, 1.5, 5, 10, 25, 50)
            .register(meters);
    playbackMillis =
        DistributionSummary.builder("callbridge.playback.buffer.millis")
            .description("Audio that Twilio has and has not played, looked at once a second")
            .serviceLevelObjectives(1, 250, 1_000, 5_000, 15_000, 60_000)
            .register(meters);
  }

  /// @param millis null where nobody can say
  void stage(String name, @Nullable Integer millis) {
    Timer stage = stages.get(name);
    if (stage != null && millis != null) {
      stage.record(millis, TimeUnit.MILLISECONDS);
    }
  }

  void refused(HttpStatus status) {
    meters.counter(REFUSED, "status", "" + status.value()).increment();
  }

  private static Timer latency(MeterRegistry meters, String direction) {
    return Timer.builder("callbridge.relay.latency")
        .description("From a frame's arrival to its being given to the other socket")
        .tag("direction", direction)
        .serviceLevelObjectives(LATENCIES)
        .register(meters);
  }
}
