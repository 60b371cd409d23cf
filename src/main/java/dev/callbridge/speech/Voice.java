package dev.callbridge.speech;

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
    double speed) {

  /// As both ways of speaking are told.
  Map<String, Object> settings() {
    return Map.of(
        "stability", stability,
        "similarity_boost", similarityBoost,
        "style", style,
        "use_speaker_boost", speakerBoost,
        "speed", speed);
  }

  /// With the platform's own settings.
  public static Voice of(String id, String model) {
    return new Voice(id, model, null, 0.5, 0.75, 0, true, 1);
  }
}
