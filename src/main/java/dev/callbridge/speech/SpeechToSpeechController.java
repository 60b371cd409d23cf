package dev.callbridge.speech;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Has a recording said by another voice: whole, or while it is made. What it is given is read to
/// its end first in both.
@RestController
class SpeechToSpeechController {

  private static final MediaType WAV = MediaType.parseMediaType("audio/wav");
  private static final MediaType ULAW = MediaType.parseMediaType("audio/basic");

  /// More than ten minutes of a telephone.
  private static final int MAX_BYTES = 5 * 1024 * 1024;

  private final VoiceConversion conversion;

  SpeechToSpeechController(VoiceConversion conversion) {
    this.conversion = conversion;
  }

  @PostMapping("/api/v1/speech-to-speech/{voiceId}")
  Mono<ResponseEntity<DataBuffer>> whole(
      @PathVariable String voiceId,
      @RequestParam MultiValueMap<String, String> parameters,
      @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable MediaType type,
      @RequestBody(required = false) @Nullable Flux<DataBuffer> body) {
    ConversionRequest request = ConversionRequest.of(voiceId, parameters);
    return Recording.read(type, body, MAX_BYTES)
        .flatMap(recording -> conversion.convert(recording, request, false))
        .flatMap(audio -> DataBufferUtils.join(audio, MAX_BYTES))
        .onErrorMap(e -> VoiceConversion.refusal(e, MAX_BYTES))
        .map(audio -> answer(request).body(request.isWav() ? wav(audio) : audio));
  }

  @PostMapping("/api/v1/speech-to-speech/{voiceId}/stream")
  Mono<ResponseEntity<Flux<DataBuffer>>> stream(
      @PathVariable String voiceId,
      @RequestParam MultiValueMap<String, String> parameters,
      @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable MediaType type,
      @RequestBody(required = false) @Nullable Flux<DataBuffer> body) {
    ConversionRequest request = ConversionRequest.of(voiceId, parameters);
    return Recording.read(type, body, MAX_BYTES)
        .flatMap(recording -> conversion.convert(recording, request, true))
        .onErrorMap(e -> VoiceConversion.refusal(e, MAX_BYTES))
        .map(audio ->
            answer(request)
                .body(
                    request.isWav() ? Flux.concat(Mono.fromSupplier(Wav::header), audio) : audio));
  }

  private static DataBuffer wav(DataBuffer audio) {
    return DefaultDataBufferFactory.sharedInstance.join(
        List.of(
            Wav.header(audio.readableByteCount()),
            DefaultDataBufferFactory.sharedInstance.wrap(Recording.bytes(audio))));
  }

  private static ResponseEntity.BodyBuilder answer(ConversionRequest request) {
    return ResponseEntity.ok()
        .contentType(request.isWav() ? WAV : ULAW)
        .cacheControl(CacheControl.noStore());
  }
}
