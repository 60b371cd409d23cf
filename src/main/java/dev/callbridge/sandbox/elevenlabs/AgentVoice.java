package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The recordings as runs of `audio` events, encoded once for each format and shared by all
/// sessions.
final class AgentVoice {

  /// Audio in one event.
  static final int CHUNK_MILLIS = 250;

  private static final int CHUNK_BYTES = CHUNK_MILLIS * 8;

  private static final JsonMapper JSON = new JsonMapper();

  /// One `audio` event but for its id.
  ///
  /// @param alignment the `alignment` object, as JSON
  @SuppressWarnings("ArrayRecordComponent")
  record Chunk(byte[] audio, String base64, String alignment, int millis) {}

  /// A run of events that says one text.
  record Utterance(String text, List<Chunk> chunks) {
    int millis() {
      return chunks.stream().mapToInt(Chunk::millis).sum();
    }
  }

  private record Key(String clip, AudioFormat format) {}

  private final SpeechClips clips;
  private final Map<Key, Utterance> encoded = new ConcurrentHashMap<>();

  AgentVoice(SpeechClips clips) {
    this.clips = clips;
  }

  Utterance say(String name, AudioFormat format) {
    return encoded.computeIfAbsent(
        new Key(name, format), key -> encode(clips.clip(name), clips.clip(name).text(), format));
  }

  /// The recording of one text with the words of another: a first message given by the client.
  Utterance say(String name, String text, AudioFormat format) {
    Utterance usual = say(name, format);
    return usual.text().equals(text) ? usual : encode(clips.clip(name), text, format);
  }

  /// The recording over and over, for so long.
  Utterance repeat(String name, int millis, AudioFormat format) {
    Utterance once = say(name, format);
    List<Chunk> chunks = new ArrayList<>();
    for (int spoken = 0; spoken < millis; ) {
      Chunk chunk = once.chunks().get(chunks.size() % once.chunks().size());
      chunks.add(chunk);
      spoken += chunk.millis();
    }
    return new Utterance(once.text(), chunks);
  }

  private static Utterance encode(Clip clip, String text, AudioFormat format) {
    byte[] ulaw = clip.ulaw();
    List<String> chars = text.codePoints().mapToObj(Character::toString).toList();
    long length = ulaw.length / 8;
    List<Chunk> chunks = new ArrayList<>();
    for (int from = 0; from < ulaw.length; from += CHUNK_BYTES) {
      int to = Math.min(from + CHUNK_BYTES, ulaw.length);
      byte[] audio = format.fromUlaw(Arrays.copyOfRange(ulaw, from, to));
      String alignment = alignment(chars, length, from / 8, to / 8);
      String base64 = Base64.getEncoder().encodeToString(audio);
      chunks.add(new Chunk(audio, base64, alignment, (to - from) / 8));
    }
    return new Utterance(text, chunks);
  }

  /// The characters that begin within this part of the clip, spread evenly over the whole of it.
  /// Times are relative to the part.
  private static String alignment(List<String> chars, long length, int from, int to) {
    ObjectNode alignment = JSON.createObjectNode();
    ArrayNode letters = alignment.putArray("chars");
    ArrayNode starts = alignment.putArray("char_start_times_ms");
    ArrayNode durations = alignment.putArray("char_durations_ms");
    for (int i = 0; i < chars.size(); i++) {
      long start = i * length / chars.size();
      if (start >= from && start < to) {
        letters.add(chars.get(i));
        starts.add(start - from);
        durations.add((i + 1) * length / chars.size() - start);
      }
    }
    return alignment.toString();
  }
}
