package dev.callbridge.speech;

import dev.callbridge.requests.Bodies;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
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
        .onErrorMap(e -> SpeechHttp.refusal(e, "voice_id"))
        .map(audio ->
            ResponseEntity.ok()
                .contentType(request.isWav() ? WAV : ULAW)
                .cacheControl(CacheControl.noStore())
                .body(
                    request.isWav() ? Flux.concat(Mono.fromSupplier(Wav::header), audio) : audio));
  }
}
