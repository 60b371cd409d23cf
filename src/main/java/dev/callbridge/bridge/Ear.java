package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.callbridge.speech.Heard;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Understands who speaks on a call beside its agent.
@FunctionalInterface
interface Ear {

  /// 20 ms of nothing, as base64 text of μ-law.
  byte[] SILENCE = silence();

  /// 100 ms.
  int PIECE = 800;

  /// A pause that ends whatever was said, in pieces.
  int PAUSE = 12;

  /// A recording is listened to four times as fast as it was spoken.
  Duration PACE = Duration.ofMillis(25);

  /// From the last of a recording to its last words.
  Duration LAST_WORDS = Duration.ofSeconds(2);

  /// For a recording, whatever becomes of it.
  Duration LONGEST = Duration.ofSeconds(30);

  /// Fails with an [dev.callbridge.agent.AgentException]; ends by being cancelled.
  ///
  /// @param voice base64 text of μ-law 8 kHz
  Flux<Heard> listen(Flux<byte[]> voice);

  /// What is said in a recording, maybe nothing.
  default Mono<String> words(byte[] mulaw) {
    return Mono.defer(() -> {
      Sinks.Empty<Void> sent = Sinks.empty();
      Flux<byte[]> voice =
          Flux.fromStream(() -> IntStream.range(0, (mulaw.length - 1) / PIECE + 1 + PAUSE).boxed())
              .map(i -> piece(mulaw, i * PIECE))
              .delayElements(PACE)
              .doOnComplete(sent::tryEmitEmpty);
      return listen(voice)
          .ofType(Heard.Committed.class)
          .map(Heard.Committed::text)
          .takeUntilOther(sent.asMono().then(Mono.delay(LAST_WORDS)))
          .take(LONGEST)
          .filter(text -> !text.isBlank())
          .collect(Collectors.joining(" "));
    });
  }

  private static byte[] piece(byte[] mulaw, int from) {
    byte[] piece = new byte[PIECE];
    Arrays.fill(piece, (byte) 0xFF);
    if (from < mulaw.length) {
      System.arraycopy(mulaw, from, piece, 0, Math.min(PIECE, mulaw.length - from));
    }
    return Base64.getEncoder().encode(piece);
  }

  private static byte[] silence() {
    byte[] frame = new byte[160];
    Arrays.fill(frame, (byte) 0xFF);
    return Base64.getEncoder().encodeToString(frame).getBytes(ISO_8859_1);
  }
}
