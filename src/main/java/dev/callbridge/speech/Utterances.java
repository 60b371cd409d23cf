package dev.callbridge.speech;

import dev.callbridge.requests.InvalidRequestException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What a person says into a call in somebody else's voice.
@Component
public final class Utterances {

  /// As they come. Half a minute of PCM at 48 kHz.
  static final int MAX_BYTES = 3 * 1024 * 1024;

  /// As they are spoken: half a minute of μ-law.
  static final int MAX_SPOKEN = 240_000;

  /// The caller waits in silence for as long.
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final VoiceConversion conversion;

  Utterances(VoiceConversion conversion) {
    this.conversion = conversion;
  }

  /// What was said, kept until it is known whose voice it is to be in. Never printed.
  public static final class Said {
    private final Recording recording;

    private Said(Recording recording) {
      this.recording = recording;
    }

    /// For telling one from another.
    public byte[] bytes() {
      return recording.audio();
    }
  }

  /// Fails with an [InvalidRequestException] where it is no audio, or too much of it.
  public Mono<Said> read(@Nullable MediaType type, @Nullable Flux<DataBuffer> body) {
    return Recording.read(type, body, MAX_BYTES).map(Said::new);
  }

  /// μ-law 8 kHz. Fails with what whoever said it is to be told.
  public Mono<byte[]> in(String voiceId, Said said) {
    ConversionRequest how =
        new ConversionRequest(voiceId, ConversionRequest.MULTILINGUAL, false, false, Map.of());
    return conversion
        .convert(said.recording, how, false)
        .flatMap(audio -> DataBufferUtils.join(audio, MAX_SPOKEN))
        .timeout(TIMEOUT)
        .map(Recording::bytes)
        .filter(mulaw -> mulaw.length > 0)
        .switchIfEmpty(
            Mono.error(() -> InvalidRequestException.badRequest("body", "has nothing in it")))
        .onErrorMap(
            DataBufferLimitException.class,
            _ -> InvalidRequestException.badRequest("body", "is longer than 30 seconds"))
        .onErrorMap(e -> VoiceConversion.refusal(e, MAX_SPOKEN));
  }
}
