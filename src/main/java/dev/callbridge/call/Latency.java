package dev.callbridge.call;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How long an answer took, in milliseconds. What nobody can say is null: an agent on somebody
/// else's platform shows only what lies between its understanding the caller and its first audio.
///
/// @param commitMs from the end of the caller's speech to its being understood
/// @param tokenMs from there to the model's first word
/// @param audioMs from there to the first audio
/// @param answerMs from the caller's being understood to the first audio, whatever lies between
/// @param playedMs from the first audio to the first of it being played to the caller, by the mark
///   that came back behind it
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Latency(
    @Nullable Integer commitMs,
    @Nullable Integer tokenMs,
    @Nullable Integer audioMs,
    @Nullable Integer answerMs,
    @Nullable Integer playedMs) {

  public Latency played(int millis) {
    return new Latency(commitMs, tokenMs, audioMs, answerMs, millis);
  }
}
