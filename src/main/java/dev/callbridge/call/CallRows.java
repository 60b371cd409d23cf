package dev.callbridge.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Rows to records and back.
final class CallRows {

  private static final JsonMapper JSON = JsonMapper.shared();

  // Made once, here: a mapper that first meets a type on an event loop locks while it learns it.
  private static final ObjectReader OBJECT =
      JSON.readerFor(new TypeReference<Map<String, Object>>() {});
  private static final ObjectReader EVENTS =
      JSON.readerFor(new TypeReference<List<StoredEvent>>() {});
  private static final ObjectReader LATENCY = JSON.readerFor(Latency.class);

  private CallRows() {}

  static Call call(Readable row) {
    return new Call(
        required(row, "id", UUID.class),
        plan(row),
        truth(row),
        required(row, "created_at", Instant.class));
  }

  private static CallPlan plan(Readable row) {
    return new CallPlan(
        Direction.valueOf(required(row, "direction", String.class)),
        Carrier.valueOf(required(row, "carrier", String.class)),
        required(row, "assistant", String.class),
        required(row, "from_number", String.class),
        required(row, "to_number", String.class),
        object(row, "variables"),
        row.get("first_message", String.class),
        row.get("language", String.class),
        row.get("voice_id", String.class),
        required(row, "machine_detection", Boolean.class),
        Duration.ofSeconds(required(row, "ring_timeout_seconds", Integer.class)),
        Duration.ofSeconds(required(row, "max_duration_seconds", Integer.class)),
        object(row, "metadata"));
  }

  private static CallTruth truth(Readable row) {
    String outcome = row.get("outcome", String.class);
    String endedBy = row.get("ended_by", String.class);
    return new CallTruth(
        CallState.valueOf(required(row, "state", String.class)),
        outcome == null ? null : Outcome.valueOf(outcome),
        endedBy == null ? null : EndedBy.valueOf(endedBy),
        row.get("reason", String.class),
        row.get("answered_by", String.class),
        row.get("twilio_call_sid", String.class),
        row.get("conversation_id", String.class),
        new CallTruth.Timings(
            row.get("dialed_at", Instant.class),
            row.get("ringing_at", Instant.class),
            row.get("answered_at", Instant.class),
            row.get("agent_connected_at", Instant.class),
            row.get("first_agent_audio_at", Instant.class),
            row.get("ended_at", Instant.class)));
  }

  static CallEvent event(Readable row) {
    Map<String, String> details = new LinkedHashMap<>();
    object(row, "details").forEach((name, value) -> details.put(name, String.valueOf(value)));
    return new CallEvent(
        required(row, "call_id", UUID.class),
        CallEvent.Kind.valueOf(required(row, "kind", String.class)),
        CallEvent.Source.valueOf(required(row, "source", String.class)),
        required(row, "source_key", String.class),
        required(row, "at", Instant.class),
        details);
  }

  /// The evidence of one call, as its row brings it along.
  static List<CallEvent> events(Readable row, UUID callId) {
    Json evidence = row.get("evidence", Json.class);
    if (evidence == null) {
      return List.of();
    }
    List<StoredEvent> events = EVENTS.readValue(evidence.asArray());
    return events.stream().map(event -> event.of(callId)).toList();
  }

  /// An event as the database reads it.
  record StoredEvent(
      CallEvent.Kind kind,
      CallEvent.Source source,
      String key,
      OffsetDateTime at,
      Map<String, String> details) {
    static StoredEvent of(CallEvent event) {
      return new StoredEvent(
          event.kind(),
          event.source(),
          storable(event.key()),
          event.at().atOffset(ZoneOffset.UTC),
          storable(event.details()));
    }

    CallEvent of(UUID callId) {
      return new CallEvent(callId, kind, source, key, at.toInstant(), details);
    }
  }

  static Json turns(Collection<SpokenTurn> turns) {
    return Json.of(JSON.writeValueAsBytes(turns));
  }

  /// A turn as the database reads it.
  record SpokenTurn(
      UUID call,
      int position,
      Turn.Role role,
      String text,
      String heard,
      @Nullable String corrected,
      boolean interrupted,
      OffsetDateTime at,
      @Nullable Latency latency) {
    static SpokenTurn of(UUID call, Turn turn) {
      String corrected = turn.corrected();
      return new SpokenTurn(
          call,
          turn.position(),
          turn.role(),
          storable(turn.text()),
          storable(turn.heard()),
          corrected == null ? null : storable(corrected),
          turn.interrupted(),
          turn.at().atOffset(ZoneOffset.UTC),
          turn.latency());
    }

    Turn turn() {
      return new Turn(position, role, text, heard, corrected, interrupted, at.toInstant(), latency);
    }
  }

  static @Nullable Latency latency(Readable row) {
    Json stored = row.get("latency", Json.class);
    return stored == null ? null : LATENCY.readValue(stored.asArray());
  }

  /// Events of many calls, each with its call.
  static Json events(Collection<CallEvent> events) {
    return Json.of(
        JSON.writeValueAsBytes(
            events.stream()
                .map(event -> new NewEvent(event.callId(), StoredEvent.of(event)))
                .toList()));
  }

  private record NewEvent(UUID call, @JsonUnwrapped StoredEvent event) {}

  static Json updates(List<CallUpdate> updates) {
    return Json.of(JSON.writeValueAsBytes(updates));
  }

  /// PostgreSQL has no NUL in a text, and UTF-8 no half of a surrogate pair.
  static String storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(UTF_8), UTF_8).replace('\0', '\uFFFD');
      }
    }
    return text;
  }

  private static Map<String, String> storable(Map<String, String> details) {
    Map<String, String> clean = new LinkedHashMap<>();
    details.forEach((name, value) -> clean.put(storable(name), storable(value)));
    return clean;
  }

  static GenericExecuteSpec bind(
      GenericExecuteSpec statement, String name, @Nullable Object value, Class<?> type) {
    return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
  }

  static Json json(Map<String, ?> object) {
    return Json.of(JSON.writeValueAsBytes(object));
  }

  private static Map<String, Object> object(Readable row, String column) {
    return OBJECT.readValue(required(row, column, Json.class).asArray());
  }

  static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), () -> "column " + column + " is null");
  }
}
