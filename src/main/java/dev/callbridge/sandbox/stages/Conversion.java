package dev.callbridge.sandbox.stages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.sandbox.speech.Mulaw;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.multipart.HttpData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/// Speech-to-speech: the same words, turned down a little, so that one hears that it was here.
/// Files that are no raw PCM it only finds short or long.
///
/// The voice is its script: `unknown` is none, `hangs` never answers, `busy` answers 429.
record Conversion(SandboxStages stages) {

  private static final int PIECE = 4_000;
  private static final double LOUDNESS = 0.8;

  Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    String voice = String.valueOf(request.param("voice"));
    if (!stages.authorized(request)) {
      return response.status(401).send();
    }
    return request
        .receiveForm()
        .collect(
            LinkedHashMap<String, byte[]>::new,
            (parts, part) -> parts.put(part.getName(), bytes(part)))
        .flatMap(parts -> Mono.from(answer(voice, parts, response)));
  }

  private static byte[] bytes(HttpData part) {
    try {
      return part.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Publisher<Void> answer(
      String voice, Map<String, byte[]> parts, HttpServerResponse response) {
    byte[] audio = parts.getOrDefault("audio", new byte[0]);
    if (audio.length == 0 || !parts.containsKey("model_id")) {
      stages.protocolError("speech-to-speech without audio or a model");
    }
    if (parts.containsKey("voice_settings")) {
      new JsonMapper().readTree(parts.get("voice_settings"));
    }
    boolean isPcm =
        "pcm_s16le_16".equals(new String(parts.getOrDefault("file_format", new byte[0]), UTF_8));
    return switch (voice) {
      case "unknown" -> response.status(404).send();
      case "busy" -> response.status(429).send();
      case "hangs" -> Mono.never();
      default -> pieces(isPcm ? speech(audio) : new byte[Math.max(1, audio.length / 2)], response);
    };
  }

  /// Every other sample of 16 kHz is 8 kHz.
  private static byte[] speech(byte[] pcm) {
    byte[] ulaw = new byte[pcm.length / 4];
    for (int i = 0; i < ulaw.length; i++) {
      int sample = (short) ((pcm[4 * i] & 0xff) | pcm[4 * i + 1] << 8);
      ulaw[i] = Mulaw.fromLinear((int) (sample * LOUDNESS));
    }
    return ulaw;
  }

  private static Publisher<Void> pieces(byte[] speech, HttpServerResponse response) {
    return response
        .header("Content-Type", "audio/basic")
        .sendObject(
            Flux.fromStream(() -> IntStream.rangeClosed(0, (speech.length - 1) / PIECE).boxed())
                .map(i ->
                    Arrays.copyOfRange(speech, i * PIECE, Math.min(speech.length, (i + 1) * PIECE)))
                .map(Unpooled::wrappedBuffer));
  }
}
