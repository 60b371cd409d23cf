package dev.callbridge.call;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a call was meant to be. Does not change once it is stored.
///
/// @param carrier what brings its audio
/// @param assistant who answers, by the name of its configuration
/// @param from E.164, or what Twilio gave for a hidden number
/// @param variables what the agent is told: strings, numbers, booleans
/// @param machineDetection whether the carrier is asked who picked up
/// @param metadata the customer's own, kept and given back
public record CallPlan(
    Direction direction,
    Carrier carrier,
    String assistant,
    String from,
    String to,
    Map<String, Object> variables,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    boolean machineDetection,
    Duration ringTimeout,
    Duration maxDuration,
    Map<String, Object> metadata) {

  /// A call over the telephone network.
  public CallPlan(
      Direction direction,
      String assistant,
      String from,
      String to,
      Map<String, Object> variables,
      @Nullable String firstMessage,
      @Nullable String language,
      @Nullable String voiceId,
      boolean machineDetection,
      Duration ringTimeout,
      Duration maxDuration,
      Map<String, Object> metadata) {
    this(
        direction,
        Carrier.RELAY,
        assistant,
        from,
        to,
        variables,
        firstMessage,
        language,
        voiceId,
        machineDetection,
        ringTimeout,
        maxDuration,
        metadata);
  }

  @Override
  public String toString() {
    return "CallPlan[direction=" + direction + ", assistant=" + assistant + "]";
  }
}
