package dev.callbridge.speech;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.requests.InvalidRequestException;
import java.net.URI;
import java.time.Duration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Speech-to-speech: what one voice says, said by another, with its timing and its feeling.
@Component
final class VoiceConversion {

  /// The whole of it is listened to before the first sound of the other voice.
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final Duration WAIT = Duration.ofSeconds(10);

  /// What is converted waits in memory.
  private static final int MAX_CONNECTIONS = 8;

  private final ElevenLabsSettings settings;
  private final WebClient http;

  VoiceConversion(ElevenLabsSettings settings) {
    this.settings = settings;
    this.http =
        SpeechHttp.client("elevenlabs-conversion", MAX_CONNECTIONS, MAX_CONNECTIONS, WAIT, TIMEOUT);
  }

  /// Emits once it is known that it will be spoken. The audio is μ-law 8 kHz without a header, at
  /// the reader's pace; whoever gets it reads or cancels it.
  Mono<Flux<DataBuffer>> convert(Recording recording, ConversionRequest how, boolean whileMade) {
    return http.post()
        .uri(
            URI.create(
                "%s/v1/speech-to-speech/%s%s?output_format=ulaw_8000"
                    .formatted(settings.origin(), how.voiceId(), whileMade ? "/stream" : "")))
        .header("xi-api-key", settings.apiKeyOrEmpty().value())
        .body(BodyInserters.fromMultipartData(parts(recording, how).build()))
        .retrieve()
        .toEntityFlux(DataBuffer.class)
        .timeout(TIMEOUT)
        .map(answer -> answer.getBody() == null ? Flux.<DataBuffer>empty() : answer.getBody());
  }

  /// What whoever wanted it is told when there is none.
  ///
  /// @param maxBytes of an answer
  static Throwable refusal(Throwable e, int maxBytes) {
    return switch (e) {
      case WebClientResponseException answer
          when answer.getStatusCode().value() == 400 || answer.getStatusCode().value() == 422 ->
          InvalidRequestException.badRequest("body", "is no audio that ElevenLabs can convert");
      case DataBufferLimitException _ ->
          new ResponseStatusException(
              HttpStatus.BAD_GATEWAY, "ElevenLabs answered with more than " + maxBytes + " bytes");
      default -> SpeechHttp.refusal(e, "voiceId");
    };
  }

  private static MultipartBodyBuilder parts(Recording recording, ConversionRequest how) {
    MultipartBodyBuilder parts = new MultipartBodyBuilder();
    parts
        .part("audio", new ByteArrayResource(recording.audio()))
        .filename("audio." + recording.suffix());
    parts.part("file_format", recording.isPcm() ? "pcm_s16le_16" : "other");
    parts.part("model_id", how.modelId());
    parts.part("remove_background_noise", String.valueOf(how.isNoisy()));
    if (!how.settings().isEmpty()) {
      parts.part("voice_settings", JsonMapper.shared().writeValueAsString(how.settings()));
    }
    return parts;
  }
}
