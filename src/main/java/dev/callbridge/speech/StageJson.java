package dev.callbridge.speech;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.callbridge.agent.FromAgent.Alignment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The messages of both sockets, in every spelling that the vendor has used for them.
final class StageJson {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(64)
                          .maxStringLength(4 * 1024 * 1024)
                          .build())
                  .build())
          .build();

  private StageJson() {}

  /// @param error one word where the message is an error, else null
  record Transcription(
      @JsonAlias({"messageType", "type"}) @Nullable String message_type,
      @Nullable String text,
      @Nullable JsonNode error) {}

  /// @param error one word, or a sentence
  record Speech(
      @Nullable String audio,
      @JsonAlias({"is_final", "final"}) @Nullable Boolean isFinal,
      @JsonAlias("context_id") @Nullable String contextId,
      @Nullable Chars alignment,
      @JsonAlias("normalized_alignment") @Nullable Chars normalizedAlignment,
      @Nullable JsonNode error,
      @Nullable JsonNode code) {}

  record Chars(
      @JsonAlias("characters") @Nullable List<@Nullable String> chars,
      @JsonAlias({"char_start_times_ms", "charsStartTimesMs", "chars_start_times_ms"})
          @Nullable List<@Nullable Double> charStartTimesMs) {

    /// Null where the two lists do not fit each other.
    @Nullable Alignment toAlignment() {
      if (chars == null || charStartTimesMs == null || chars.size() != charStartTimesMs.size()) {
        return null;
      }
      int[] starts = new int[chars.size()];
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < starts.length; i++) {
        String character = chars.get(i);
        Double start = charStartTimesMs.get(i);
        if (character == null
            || start == null
            || character.codePointCount(0, character.length()) != 1) {
          return null;
        }
        text.append(character);
        starts[i] = start.intValue();
      }
      return new Alignment(text.toString(), starts);
    }
  }

  /// Meets every kind of message once, ahead of the first call: Jackson takes a lock for a kind it
  /// has not met, which is not for event loops.
  static void learn() {
    var _ = JSON.readValue("{\"message_type\":\"x\",\"error\":\"y\"}", Transcription.class);
    var _ =
        JSON.readValue(
            """
            {"audio":"","isFinal":true,"contextId":"c","code":1,"error":"e",
             "alignment":{"chars":["a"],"charStartTimesMs":[0]}}
            """,
            Speech.class);
    var _ = write("a", "b", "c", Map.of("d", 1.0, "e", true, "f", List.of(Map.of("g", "h"))));
  }

  /// @throws JacksonException when it is not such a message
  static <T> @Nullable T read(ByteBuf frame, Class<T> type) {
    InputStream input = new ByteBufInputStream(frame.duplicate());
    return JSON.readValue(input, type);
  }

  static byte[] write(Object... fields) {
    return write(Map.of(), fields);
  }

  /// @param more fields behind the others
  static byte[] write(Map<String, Object> more, Object... fields) {
    Map<String, Object> message = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      message.put((String) fields[i], fields[i + 1]);
    }
    message.putAll(more);
    return JSON.writeValueAsBytes(message);
  }

  /// The vendor's word for an error, where it is one that may be logged and stored.
  static String word(@Nullable JsonNode error, String otherwise) {
    String word = error == null ? "" : error.asString("");
    return word.matches("[a-z_]{1,40}") ? word : otherwise;
  }
}
