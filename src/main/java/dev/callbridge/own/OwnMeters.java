package dev.callbridge.own;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// What is counted and timed of our own agents: a turn by its stages.
@Component
final class OwnMeters {

  final Timer firstToken;
  final Timer firstAudio;
  final Counter interruptions;
  final Counter secondModel;
  final Counter listeningAgain;

  OwnMeters(MeterRegistry meters) {
    firstToken = stage(meters, "callbridge.own.first.token");
    firstAudio = stage(meters, "callbridge.own.first.audio");
    interruptions = meters.counter("callbridge.own.interruptions");
    secondModel = meters.counter("callbridge.own.model.second");
    listeningAgain = meters.counter("callbridge.own.listening.again");
  }

  private static Timer stage(MeterRegistry meters, String name) {
    return Timer.builder(name)
        .serviceLevelObjectives(
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4))
        .register(meters);
  }
}
