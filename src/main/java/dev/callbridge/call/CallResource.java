package dev.callbridge.call;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A call as the API gives it. Instants are RFC 3339 in UTC; what is not known is null.
public record CallResource(
    UUID id,
    Direction direction,
    Carrier carrier,
    String assistant,
    String from,
    String to,
    CallState state,
    @Nullable Outcome outcome,
    @Nullable EndedBy endedBy,
    @Nullable String reason,
    @Nullable String answeredBy,
    @Nullable String twilioCallSid,
    @Nullable String conversationId,
    Map<String, Object> variables,
    Map<String, Object> metadata,
    Timings timings,
    @Nullable CallCost cost,
    @JsonProperty("_links") Map<String, String> links) {

  public record Timings(
      Instant created,
      @Nullable Instant dialed,
      @Nullable Instant ringing,
      @Nullable Instant answered,
      @Nullable Instant agentConnected,
      @Nullable Instant firstAgentAudio,
      @Nullable Instant ended) {

    public static Timings of(Call call) {
      CallTruth.Timings at = call.truth().timings();
      return new Timings(
          call.created(),
          at.dialed(),
          at.ringing(),
          at.answered(),
          at.agentConnected(),
          at.firstAgentAudio(),
          at.ended());
    }
  }

  public static final String PATH = "/api/v1/calls";

  static CallResource of(Call call, @Nullable CallCost cost) {
    CallPlan plan = call.plan();
    CallTruth truth = call.truth();
    String self = path(call.id());
    return new CallResource(
        call.id(),
        plan.direction(),
        plan.carrier(),
        plan.assistant(),
        plan.from(),
        plan.to(),
        truth.state(),
        truth.outcome(),
        truth.endedBy(),
        truth.reason(),
        truth.answeredBy(),
        truth.twilioCallSid(),
        truth.conversationId(),
        plan.variables(),
        plan.metadata(),
        Timings.of(call),
        cost,
        Map.of(
            "self",
            self,
            "events",
            self + "/events",
            "transcript",
            self + "/transcript",
            "analysis",
            self + "/analysis",
            "stream",
            self + "/stream"));
  }

  public static String path(UUID id) {
    return PATH + "/" + id;
  }
}
