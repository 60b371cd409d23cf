package dev.callbridge.speech;

import java.util.Arrays;
import java.util.Locale;

/// What speech-to-text complains of, by what follows from it.
enum SttError {
  AUTH_ERROR(Effect.REFUSED),
  QUOTA_EXCEEDED(Effect.REFUSED),
  UNACCEPTED_TERMS(Effect.REFUSED),
  INVALID_REQUEST(Effect.REFUSED),
  INPUT_ERROR(Effect.REFUSED),
  CHUNK_SIZE_EXCEEDED(Effect.REFUSED),
  RATE_LIMITED(Effect.PASSES),
  RESOURCE_EXHAUSTED(Effect.PASSES),
  QUEUE_OVERFLOW(Effect.PASSES),
  TRANSCRIBER_ERROR(Effect.PASSES),
  SESSION_TIME_LIMIT_EXCEEDED(Effect.PASSES),
  ERROR(Effect.PASSES),
  /// The vendor closes the session of a caller who says nothing; a new one listens on.
  INSUFFICIENT_AUDIO_ACTIVITY(Effect.PASSES),
  /// A commit came too soon after another: the words come with the next.
  COMMIT_THROTTLED(Effect.NOTHING);

  private enum Effect {
    /// A new session would meet the same.
    REFUSED,
    /// A new session may not.
    PASSES,
    NOTHING
  }

  private final Effect effect;

  SttError(Effect effect) {
    this.effect = effect;
  }

  /// Whether a message type is the name of an error.
  static boolean isError(String type) {
    return type.endsWith("_error")
        || Arrays.stream(values()).anyMatch(e -> e.reason().equals(type));
  }

  /// One that is not known may pass.
  static SttError of(String type) {
    String plain = type.replaceFirst("_error$", "");
    return Arrays.stream(values())
        .filter(e -> e.reason().equals(type) || e.reason().equals(plain))
        .findFirst()
        .orElse(ERROR);
  }

  boolean ends() {
    return effect != Effect.NOTHING;
  }

  boolean passes() {
    return effect == Effect.PASSES;
  }

  String reason() {
    return name().toLowerCase(Locale.ROOT);
  }
}
