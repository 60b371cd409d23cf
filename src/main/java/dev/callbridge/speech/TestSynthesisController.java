package dev.callbridge.speech;

import java.util.List;
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
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Speaks a text, so that somebody can hear a voice before a caller does.
@RestController
class TestSynthesisController {

  private static final MediaType WAV = MediaType.parseMediaType("audio/wav");
  private static final MediaType ULAW = MediaType.parseMediaType("audio/basic");

  /// A misspelt field is an error: left unread, it would be another voice than the one asked for.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Synthesis synthesis;

  TestSynthesisController(Synthesis synthesis) {
    this.synthesis = synthesis;
  }

  @PostMapping("/api/v1/elevenlabs-twilio/test-synthesis")
  Mono<ResponseEntity<Flux<DataBuffer>>> speak(
      @RequestBody(required = false) byte @Nullable [] body) {
    SynthesisRequest request = read(body).check();
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

  private static SynthesisRequest read(byte @Nullable [] body) {
    if (body == null) {
      throw invalid("body", "is missing");
    }
    try {
      SynthesisRequest request = JSON.readValue(body, SynthesisRequest.class);
      if (request == null) {
        throw invalid("body", "is not a JSON object");
      }
      return request;
    } catch (StreamReadException e) {
      throw invalid("body", "is not JSON");
    } catch (DatabindException e) {
      String field =
          String.join(
              ".",
              e.getPath().stream()
                  .map(JacksonException.Reference::getPropertyName)
                  .filter(name -> name != null && name.matches("\\w{1,40}"))
                  .toList());
      throw invalid(field.isEmpty() ? "body" : field, "is not a field of this, or of another type");
    }
  }

  private static InvalidSynthesisException invalid(String field, String problem) {
    return new InvalidSynthesisException(
        List.of(new InvalidSynthesisException.FieldError(field, problem)));
  }

  private static Throwable refusal(Throwable e) {
    return switch (e) {
      case WebClientResponseException answer
          when answer.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND) ->
          invalid("voice_id", "is not a voice of this account");
      case WebClientResponseException answer ->
          new ResponseStatusException(
              HttpStatus.BAD_GATEWAY, "ElevenLabs answered with " + answer.getStatusCode().value());
      case TimeoutException _, WebClientException _ ->
          new ResponseStatusException(HttpStatus.BAD_GATEWAY, "ElevenLabs does not answer");
      default -> e;
    };
  }
}
