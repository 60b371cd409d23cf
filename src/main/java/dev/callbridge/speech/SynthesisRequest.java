package dev.callbridge.speech;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.callbridge.requests.RequestCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

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

  /// @throws dev.callbridge.requests.InvalidRequestException naming every field that is wrong
  SynthesisRequest check() {
    RequestCheck check = new RequestCheck();
    if (text == null || text.isBlank()) {
      check.add("text", "is missing");
    } else if (text.length() > MAX_TEXT) {
      check.add("text", "is longer than " + MAX_TEXT + " characters");
    }
    check.matching("voice_id", voiceId, "[A-Za-z0-9]{1,64}");
    check.matching("model_id", modelId, "[a-z0-9_]{1,64}");
    check.matching("format", format, "wav|ulaw");
    if (settings != null) {
      range(check, "settings.stability", settings.stability(), 0, 1);
      range(check, "settings.similarity_boost", settings.similarityBoost(), 0, 1);
      range(check, "settings.style", settings.style(), 0, 1);
      range(check, "settings.speed", settings.speed(), 0.7, 1.2);
    }
    check.orThrow(HttpStatus.BAD_REQUEST);
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

  private static void range(
      RequestCheck check, String field, @Nullable Double value, double least, double most) {
    if (value != null && !(value >= least && value <= most)) {
      check.add(field, "is " + value + ", not from " + least + " to " + most);
    }
  }

  /// Texts are somebody's words.
  @Override
  public String toString() {
    return "SynthesisRequest[]";
  }
}
