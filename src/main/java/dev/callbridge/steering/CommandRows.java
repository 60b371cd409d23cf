package dev.callbridge.steering;

import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rows to records and back.
final class CommandRows {

  private static final JsonMapper JSON = JsonMapper.shared();

  private CommandRows() {}

  static Given given(Readable row) {
    return new Given(
        required(row, "id", UUID.class),
        required(row, "call_id", UUID.class),
        Command.Kind.valueOf(required(row, "kind", String.class)),
        Given.State.valueOf(required(row, "state", String.class)),
        row.get("reason", String.class),
        required(row, "given_at", Instant.class),
        required(row, "call_over", Boolean.class),
        required(row, "overdue", Boolean.class));
  }

  static Command command(Readable row) {
    JsonNode details = JSON.readTree(required(row, "details", Json.class).asArray());
    return new Command(
        required(row, "id", UUID.class),
        required(row, "call_id", UUID.class),
        what(row, Command.Kind.valueOf(required(row, "kind", String.class)), details),
        required(row, "given_by", String.class));
  }

  private static Command.What what(Readable row, Command.Kind kind, JsonNode details) {
    return switch (kind) {
      case CONTEXT -> new Command.Context(text(details, "text"));
      case MESSAGE -> new Command.Message(text(details, "text"));
      case TRANSFER -> new Command.Transfer(text(details, "target"), text(details, "summary"));
      case DIGITS -> new Command.Digits(text(details, "digits"));
      case TAKE_OVER -> new Command.TakeOver();
      case UTTERANCE -> new Command.Utterance(required(row, "audio", byte[].class));
      case HAND_BACK -> new Command.HandBack();
    };
  }

  private static String text(JsonNode details, String name) {
    return details.path(name).asString("");
  }

  static Given.State state(Settled settled) {
    return switch (settled.why()) {
      case null -> Given.State.DONE;
      case NOT_KNOWN -> Given.State.UNKNOWN;
      default -> Given.State.REFUSED;
    };
  }

  static Json details(Command.What what) {
    return switch (what) {
      case Command.Context(var text) -> json(Map.of("text", text));
      case Command.Message(var text) -> json(Map.of("text", text));
      case Command.Transfer(var target, var summary) ->
          json(Map.of("target", target, "summary", summary));
      case Command.Digits(var keys) -> json(Map.of("digits", keys));
      case Command.TakeOver _, Command.Utterance _, Command.HandBack _ -> json(Map.of());
    };
  }

  static byte @Nullable [] audio(Command.What what) {
    return what instanceof Command.Utterance(var mulaw) ? mulaw : null;
  }

  static Json json(Map<String, String> object) {
    return Json.of(JSON.writeValueAsBytes(object));
  }

  static GenericExecuteSpec bind(
      GenericExecuteSpec statement, String name, @Nullable Object value, Class<?> type) {
    return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
  }

  private static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), () -> "column " + column + " is null");
  }
}
