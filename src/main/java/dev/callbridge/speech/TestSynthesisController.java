package dev.callbridge.speech;

import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.InvalidRequestException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Speaks a text, so that somebody can hear a voice before a caller does.
@RestController
class TestSynthesisController {

  private static final MediaType WAV = MediaType.parseMediaType("audio/wav");
  private static final MediaType ULAW = MediaType.parseMediaType("audio/basic");

  private final Synthesis synthesis;

  TestSynthesisController(Synthesis synthesis) {
    this.synthesis = synthesis;
  }

  @PostMapping("/api/v1/elevenlabs-twilio/test-synthesis")
  Mono<ResponseEntity<Flux<DataBuffer>>> speak(
      @RequestBody(required = false) byte @Nullable [] body) {
    SynthesisRequest request = Bodies.read(body, SynthesisRequest.class).check();
    return synthesis
        .speak(String.valueOf(request.text()), request.voice())
        .onErrorMap(TestSynthesisController::refusal)
        .map(audio ->
            ResponseEntity.ok()
                .contentType(request.isWav() ? WAV : ULAW)
                .cacheControl(CacheControl.noStore())
                .body(
                    request.isWav() ? Flux.concat(Mono.fromSupplier(Wav::header), audio) : audio));
  }

  private static Throwable refusal(Throwable e) {
    return switch (e) {
      case WebClientResponseException answer
          when answer.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND) ->
          InvalidRequestException.badRequest("voice_id", "is not a voice of this account");
      case WebClientResponseException answer ->
          new ResponseStatusException(
              HttpStatus.BAD_GATEWAY, "ElevenLabs answered with " + answer.getStatusCode().value());
      case TimeoutException _, WebClientException _ ->
          new ResponseStatusException(HttpStatus.BAD_GATEWAY, "ElevenLabs does not answer");
      default -> e;
    };
  }
}
