package dev.callbridge.sandbox.twilio;

import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a server may send over a bidirectional stream, judged to the letter.
sealed interface FromServer {

  @SuppressWarnings("ArrayRecordComponent")
  record Media(byte[] audio) implements FromServer {}

  record Mark(String name) implements FromServer {}

  record Clear() implements FromServer {}

  /// Warning 31951: anything that is not exactly one of the others. It has no effect on the call.
  record NotConformant(String why) implements FromServer {}

  static FromServer read(String text, String streamSid) {
    return new Reader(streamSid).read(text);
  }

  /// Reads messages of one stream.
  record Reader(String streamSid) {
    private static final JsonMapper JSON =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    FromServer read(String text) {
      JsonNode message;
      try {
        message = JSON.readTree(text);
      } catch (JacksonException e) {
        return new NotConformant("not JSON: " + e.getOriginalMessage());
      }
      String event = string(message, "event");
      if (event == null) {
        return new NotConformant("no event");
      }
      return switch (event) {
        case "media" -> media(message);
        case "mark" -> mark(message);
        case "clear" -> {
          String fault = fault(message, Set.of("event", "streamSid"));
          yield fault == null ? new Clear() : new NotConformant(fault);
        }
        default -> new NotConformant("event " + event);
      };
    }

    private FromServer media(JsonNode message) {
      String fault = fault(message, "media", "payload");
      String payload = fault == null ? string(message.get("media"), "payload") : null;
      if (payload == null) {
        return new NotConformant(fault == null ? "media.payload is not a string" : fault);
      }
      if (payload.isEmpty() || payload.length() % 4 != 0) {
        return new NotConformant("media.payload has " + payload.length() + " characters");
      }
      try {
        return new Media(Base64.getDecoder().decode(payload));
      } catch (IllegalArgumentException e) {
        return new NotConformant("media.payload is not base64: " + e.getMessage());
      }
    }

    private FromServer mark(JsonNode message) {
      String fault = fault(message, "mark", "name");
      String name = fault == null ? string(message.get("mark"), "name") : null;
      if (name == null || name.isEmpty()) {
        return new NotConformant(fault == null ? "mark.name is not a name" : fault);
      }
      return new Mark(name);
    }

    private @Nullable String fault(JsonNode message, String body, String field) {
      String fault = fault(message, Set.of("event", "streamSid", body));
      return fault == null ? fields(message.get(body), Set.of(field), body) : fault;
    }

    private @Nullable String fault(JsonNode message, Set<String> expected) {
      String fault = fields(message, expected, "the message");
      if (fault != null) {
        return fault;
      }
      String sid = string(message, "streamSid");
      return streamSid.equals(sid) ? null : "streamSid " + sid + ", not " + streamSid;
    }

    private static @Nullable String fields(
        @Nullable JsonNode object, Set<String> expected, String what) {
      if (object == null || !object.isObject()) {
        return what + " is not an object";
      }
      Set<String> found = Set.copyOf(object.propertyNames());
      return found.equals(expected) ? null : what + " has " + found + ", not " + expected;
    }

    private static @Nullable String string(@Nullable JsonNode object, String field) {
      JsonNode value = object == null ? null : object.get(field);
      return value == null || !value.isString() ? null : value.stringValue();
    }
  }
}
