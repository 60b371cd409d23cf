package dev.callbridge.speech;

import dev.callbridge.audio.AudioFormat;
import dev.callbridge.audio.Transcoder;
import dev.callbridge.requests.InvalidRequestException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Somebody's speech, as it is handed to be converted: PCM 16 kHz, or a file that says itself what
/// it is. A telephone's raw μ-law is none that ElevenLabs takes, so it is made PCM.
///
/// @param suffix of a file of its kind
record Recording(byte[] audio, boolean isPcm, String suffix) {

  private static final String ULAW = "audio/basic";

  private static final Map<String, String> FILES =
      Map.of(
          "audio/wav", "wav",
          "audio/x-wav", "wav",
          "audio/mpeg", "mp3",
          "audio/ogg", "ogg",
          "audio/webm", "webm",
          "audio/flac", "flac",
          "audio/mp4", "m4a");

  /// @throws InvalidRequestException where it is no kind of audio that is known
  static Recording of(@Nullable MediaType type, byte[] body) {
    String name =
        type == null ? "" : (type.getType() + "/" + type.getSubtype()).toLowerCase(Locale.ROOT);
    String suffix = FILES.get(name);
    if (!name.equals(ULAW) && suffix == null) {
      throw new InvalidRequestException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          List.of(
              new InvalidRequestException.FieldError(
                  "Content-Type",
                  "is none of audio/basic (μ-law 8 kHz), audio/wav, audio/mpeg, audio/ogg,"
                      + " audio/webm, audio/flac, audio/mp4")));
    } else if (body.length == 0) {
      throw InvalidRequestException.badRequest("body", "is missing");
    }
    return suffix == null
        ? new Recording(
            Transcoder.between(AudioFormat.ULAW_8000, AudioFormat.PCM_16000).transcode(body),
            true,
            "pcm")
        : new Recording(body, false, suffix);
  }

  /// A body read to its end, as far as it may go.
  static Mono<Recording> read(
      @Nullable MediaType type, @Nullable Flux<DataBuffer> body, int maxBytes) {
    return DataBufferUtils.join(body == null ? Flux.empty() : body, maxBytes)
        .map(Recording::bytes)
        .onErrorMap(
            DataBufferLimitException.class,
            _ ->
                new InvalidRequestException(
                    HttpStatus.CONTENT_TOO_LARGE,
                    List.of(
                        new InvalidRequestException.FieldError(
                            "body", "is longer than " + maxBytes + " bytes"))))
        .defaultIfEmpty(new byte[0])
        .map(bytes -> Recording.of(type, bytes));
  }

  static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  /// It is somebody's voice.
  @Override
  public String toString() {
    return "Recording[" + audio.length + " bytes, " + suffix + "]";
  }
}
