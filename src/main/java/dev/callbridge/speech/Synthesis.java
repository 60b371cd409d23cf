package dev.callbridge.speech;

import dev.callbridge.agent.AgentException;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Text-to-speech over HTTP: one text, its audio while it is made.
@Component
public final class Synthesis {

  /// To the first audio, and between two pieces.
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// About what the larger plans speak at a time. More than that wait for their turn.
  private static final int MAX_CONNECTIONS = 32;

  private static final int MAX_WAITING = 1_000;

  private final ElevenLabsSettings settings;
  private final WebClient http;

  Synthesis(ElevenLabsSettings settings) {
    this.settings = settings;
    this.http =
        SpeechHttp.client("elevenlabs-synthesis", MAX_CONNECTIONS, MAX_WAITING, TIMEOUT, TIMEOUT);
  }

  /// The same as it comes, cut anywhere. Fails with an [AgentException] whose reason begins with
  /// `tts_http_`.
  public Flux<byte[]> audio(String text, Voice voice) {
    return speak(text, voice)
        .flatMapMany(audio -> audio.timeout(TIMEOUT))
        .map(Synthesis::bytes)
        .onErrorMap(e -> !(e instanceof AgentException), Synthesis::failure);
  }

  private static Map<String, Object> fields(Voice voice) {
    Map<String, Object> fields = new LinkedHashMap<>(voice.opening());
    if (voice.language() != null) {
      fields.put("language_code", voice.language());
    }
    return fields;
  }

  static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  static AgentException failure(Throwable e) {
    return new AgentException(
        switch (e) {
          case WebClientResponseException answer -> "tts_http_" + answer.getStatusCode().value();
          case TimeoutException _ -> "tts_http_timeout";
          default -> "tts_http_lost";
        });
  }

  /// Emits once it is known that the text will be spoken. The audio is μ-law 8 kHz without a
  /// header, at the reader's pace; whoever gets it reads or cancels it.
  Mono<Flux<DataBuffer>> speak(String text, Voice voice) {
    return http.post()
        .uri(
            URI.create(
                "%s/v1/text-to-speech/%s/stream?output_format=ulaw_8000"
                    .formatted(
                        settings.origin(), URLEncoder.encode(voice.id(), StandardCharsets.UTF_8))))
        .header("xi-api-key", settings.apiKeyOrEmpty().value())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(StageJson.write(fields(voice), "text", text, "model_id", voice.model()))
        .retrieve()
        .toEntityFlux(DataBuffer.class)
        .timeout(TIMEOUT)
        .map(answer -> answer.getBody() == null ? Flux.<DataBuffer>empty() : answer.getBody());
  }
}
