package dev.callbridge.sandbox.speech;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Everything the sandbox can say, and which of it a stretch of audio contains.
///
/// Immutable after [#load], which reads the class path and so belongs on no event loop.
public final class SpeechClips {

  private static final String ROOT = "/sandbox/speech/";

  private final Map<String, Clip> clips;
  private final ExactMatch exact;
  private final Likeness likeness;

  private SpeechClips(Map<String, Clip> clips) {
    this.clips = clips;
    this.exact = new ExactMatch(clips.values());
    this.likeness = new Likeness(clips.values());
  }

  /// The one copy everybody shares: the recordings are a third of a megabyte.
  public static SpeechClips load() {
    return Loaded.CLIPS;
  }

  public Collection<Clip> all() {
    return clips.values();
  }

  public Clip clip(String name) {
    Clip clip = clips.get(name);
    if (clip == null) {
      throw new IllegalArgumentException("no clip named " + name + ", only " + clips.keySet());
    }
    return clip;
  }

  /// Which clip this mu-law audio is, if its bytes were passed on untouched.
  ///
  /// Silence around it, a missing start and a missing end are tolerated. Empty when under 200 ms of
  /// any clip's loud audio is there.
  public Optional<Clip> identify(byte[] ulaw) {
    return heardIn(ulaw).stream().max(Comparator.comparing(Heard::matched)).map(Heard::clip);
  }

  /// Every clip heard in this mu-law audio, in order, each found byte for byte. A clip played twice
  /// is listed twice.
  public List<Heard> heardIn(byte[] ulaw) {
    return exact.find(ulaw);
  }

  /// Which clip this mu-law audio sounds like: for audio that was transcoded on its way, and so is
  /// no longer the same bytes. Noise, and speech made noise by a wrong format, resemble none.
  public Optional<Clip> recognise(byte[] ulaw) {
    return likeness.closest(ulaw);
  }

  private static SpeechClips read() {
    Map<String, Clip> clips = new LinkedHashMap<>();
    for (JsonNode entry : new JsonMapper().readTree(bytes("clips.json"))) {
      String name = entry.required("name").asString();
      String speaker = entry.required("speaker").asString();
      byte[] ulaw = bytes(speaker + "/" + name + ".ulaw");
      clips.put(name, new Clip(name, speaker, entry.required("text").asString(), ulaw));
    }
    return new SpeechClips(clips);
  }

  private static byte[] bytes(String file) {
    try (InputStream in = SpeechClips.class.getResourceAsStream(ROOT + file)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + ROOT + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Loaded {
    static final SpeechClips CLIPS = read();
  }
}
