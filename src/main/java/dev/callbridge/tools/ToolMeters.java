package dev.callbridge.tools;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// How often each tool was used, what came of it, and how long it took.
@Component
final class ToolMeters {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(50),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(8),
    Duration.ofSeconds(30)
  };

  private final MeterRegistry meters;

  ToolMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /// A series that begins with its first tool call would hide that one.
  void known(String tool) {
    timer(tool, ToolAnswer.How.DONE);
  }

  /// @param tool one that is there: what agents invent is no label
  void used(String tool, ToolAnswer.How how, Duration took) {
    timer(tool, how).record(took);
  }

  private Timer timer(String tool, ToolAnswer.How how) {
    return Timer.builder("callbridge.tool.calls")
        .description("Tool calls of agents")
        .tag("tool", tool)
        .tag("result", how.word())
        .serviceLevelObjectives(BUCKETS)
        .register(meters);
  }
}
