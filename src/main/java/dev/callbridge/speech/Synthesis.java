package dev.callbridge.speech;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// Text-to-speech over HTTP: one text, its audio while it is made.
@Component
final class Synthesis {

  /// To the first audio, and between two pieces.
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int MAX_CONNECTIONS = 16;

  private final ElevenLabsSettings settings;
  private final WebClient http;

  Synthesis(ElevenLabsSettings settings) {
    this.settings = settings;
    ConnectionProvider pool =
        ConnectionProvider.builder("elevenlabs-synthesis")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(MAX_CONNECTIONS)
            .pendingAcquireTimeout(TIMEOUT)
            .maxIdleTime(Duration.ofSeconds(30))
            .build();
    http =
        WebClient.builder()
            .clientConnector(
                new ReactorClientHttpConnector(
                    HttpClient.create(pool)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                        .followRedirect(false)
                        .responseTimeout(TIMEOUT)))
            .build();
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
        .header("xi-api-key", settings.apiKeyOrEmpty())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(
            StageJson.write(
                "text", text, "model_id", voice.model(), "voice_settings", voice.settings()))
        .retrieve()
        .toEntityFlux(DataBuffer.class)
        .timeout(TIMEOUT)
        .map(answer -> answer.getBody() == null ? Flux.<DataBuffer>empty() : answer.getBody());
  }
}
