package dev.callbridge.speech;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text to be spoken for whoever wants to hear a voice.
///
/// @param voiceId the configured voice where it is missing
/// @param format `wav`, or `ulaw` without a header
record SynthesisRequest(
    @Nullable String text,
    @JsonProperty("voice_id") @Nullable String voiceId,
    @JsonProperty("model_id") @Nullable String modelId,
    @Nullable String format,
    @Nullable Settings settings) {

  static final int MAX_TEXT = 5_000;

  record Settings(
      @Nullable Double stability,
      @JsonProperty("similarity_boost") @Nullable Double similarityBoost,
      @Nullable Double style,
      @JsonProperty("use_speaker_boost") @Nullable Boolean useSpeakerBoost,
      @Nullable Double speed) {}

  boolean isWav() {
    return !"ulaw".equals(format);
  }

  /// @throws InvalidSynthesisException naming every field that is wrong
  SynthesisRequest check() {
    List<InvalidSynthesisException.FieldError> errors = new ArrayList<>();
    if (text == null || text.isBlank()) {
      errors.add(new InvalidSynthesisException.FieldError("text", "is missing"));
    } else if (text.length() > MAX_TEXT) {
      errors.add(
          new InvalidSynthesisException.FieldError(
              "text", "is longer than " + MAX_TEXT + " characters"));
    }
    matches(errors, "voice_id", voiceId, "[A-Za-z0-9]{1,64}");
    matches(errors, "model_id", modelId, "[a-z0-9_]{1,64}");
    matches(errors, "format", format, "wav|ulaw");
    if (settings != null) {
      range(errors, "settings.stability", settings.stability(), 0, 1);
      range(errors, "settings.similarity_boost", settings.similarityBoost(), 0, 1);
      range(errors, "settings.style", settings.style(), 0, 1);
      range(errors, "settings.speed", settings.speed(), 0.7, 1.2);
    }
    if (!errors.isEmpty()) {
      throw new InvalidSynthesisException(errors);
    }
    return this;
  }

  /// What is not given is as the platform has it.
  Voice voice() {
    Voice plain =
        Voice.of(
            voiceId == null ? "21m00Tcm4TlvDq8ikWAM" : voiceId,
            modelId == null ? "eleven_flash_v2_5" : modelId);
    return settings == null
        ? plain
        : new Voice(
            plain.id(),
            plain.model(),
            null,
            or(settings.stability(), plain.stability()),
            or(settings.similarityBoost(), plain.similarityBoost()),
            or(settings.style(), plain.style()),
            settings.useSpeakerBoost() == null || settings.useSpeakerBoost(),
            or(settings.speed(), plain.speed()),
            List.of());
  }

  private static double or(@Nullable Double value, double otherwise) {
    return value == null ? otherwise : value;
  }

  private static void matches(
      List<InvalidSynthesisException.FieldError> errors,
      String field,
      @Nullable String value,
      String pattern) {
    if (value != null && !value.matches(pattern)) {
      errors.add(new InvalidSynthesisException.FieldError(field, "does not match " + pattern));
    }
  }

  private static void range(
      List<InvalidSynthesisException.FieldError> errors,
      String field,
      @Nullable Double value,
      double least,
      double most) {
    if (value != null && !(value >= least && value <= most)) {
      errors.add(
          new InvalidSynthesisException.FieldError(
              field, "is " + value + ", not from " + least + " to " + most));
    }
  }

  /// Texts are somebody's words.
  @Override
  public String toString() {
    return "SynthesisRequest[]";
  }
}
