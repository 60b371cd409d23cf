package dev.callbridge.testing;

import dev.callbridge.call.CallPlan;
import dev.callbridge.call.Direction;
import java.time.Duration;
import java.util.Map;

/// Calls with nothing special about them.
public final class Plans {

  private Plans() {}

  public static CallPlan inbound() {
    return plan(Direction.INBOUND, "+15550009999", "+15550001000", Map.of());
  }

  public static CallPlan outbound() {
    return outbound(Map.of());
  }

  public static CallPlan outbound(Map<String, Object> metadata) {
    return plan(Direction.OUTBOUND, "+15550001000", "+15550002000", metadata);
  }

  private static CallPlan plan(
      Direction direction, String from, String to, Map<String, Object> metadata) {
    return new CallPlan(
        direction,
        "default",
        from,
        to,
        Map.of(),
        null,
        null,
        null,
        false,
        Duration.ofSeconds(60),
        Duration.ofMinutes(5),
        metadata);
  }
}
