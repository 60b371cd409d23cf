package dev.callbridge.speech;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a text is spoken.
///
/// @param language ISO 639-1, for models that take one, or null
public record Voice(
    String id,
    String model,
    @Nullable String language,
    double stability,
    double similarityBoost,
    double style,
    boolean speakerBoost,
    double speed,
    List<Pronunciation> pronunciations) {

  /// A dictionary of the account, which says how words are spoken.
  public record Pronunciation(String id, String version) {}

  public Voice {
    pronunciations = List.copyOf(pronunciations);
  }

  /// The same in another voice.
  public Voice as(String otherId) {
    return new Voice(
        otherId,
        model,
        language,
        stability,
        similarityBoost,
        style,
        speakerBoost,
        speed,
        pronunciations);
  }

  /// As both ways of speaking are told.
  Map<String, Object> settings() {
    return Map.of(
        "stability", stability,
        "similarity_boost", similarityBoost,
        "style", style,
        "use_speaker_boost", speakerBoost,
        "speed", speed);
  }

  /// What belongs to the first message of either way, beside its text.
  Map<String, Object> opening() {
    return pronunciations.isEmpty()
        ? Map.of("voice_settings", settings())
        : Map.of(
            "voice_settings",
            settings(),
            "pronunciation_dictionary_locators",
            pronunciations.stream()
                .map(it ->
                    Map.of("pronunciation_dictionary_id", it.id(), "version_id", it.version()))
                .toList());
  }

  /// With the platform's own settings.
  public static Voice of(String id, String model) {
    return new Voice(id, model, null, 0.5, 0.75, 0, true, 1, List.of());
  }
}
