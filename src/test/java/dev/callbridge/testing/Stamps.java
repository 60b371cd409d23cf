package dev.callbridge.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/// Frames that are stamped with whose they are and the how manieth, so that one that is lost, comes
/// twice, out of turn or to somebody else is seen.
public final class Stamps {

  private static final Duration FRAME = Duration.ofMillis(20);

  private Stamps() {}

  /// 20 ms of bytes that no other frame has, in base64.
  public static String stamped(String speaker, int frame) {
    String stamp = speaker + " frame " + frame + " ";
    byte[] audio = new byte[160];
    new Random(stamp.hashCode()).nextBytes(audio);
    System.arraycopy(stamp.getBytes(US_ASCII), 0, audio, 0, stamp.length());
    return Base64.getEncoder().encodeToString(audio);
  }

  /// All that a speaker says.
  public static List<String> script(String speaker, int frames) {
    return IntStream.range(0, frames).mapToObj(frame -> stamped(speaker, frame)).toList();
  }

  /// One every 20 ms, caught up with where the machine is late.
  public static Flux<Long> beats(int frames) {
    return Flux.interval(FRAME).onBackpressureBuffer(frames).take(frames);
  }
}
