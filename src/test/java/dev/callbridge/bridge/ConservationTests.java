package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import dev.callbridge.testing.StampedAgents;
import io.netty.util.ResourceLeakDetector;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// What one side says the other side hears: every frame, once, in order, to the byte, and nobody
/// else does. Each frame is stamped with whose it is and the how manieth.
@CallbridgeTest
final class ConservationTests {

  private static final int CALLS = 50;
  private static final int FRAMES = 150;
  private static final Duration FRAME = Duration.ofMillis(20);

  /// Until then each agent has only said its first word.
  private static final Sinks.Empty<Void> EVERYBODY_IS_HERE = Sinks.empty();

  private static final StampedAgents AGENTS =
      StampedAgents.saying(number ->
          Flux.concat(Flux.just(0L), EVERYBODY_IS_HERE.asMono().thenMany(beats(FRAMES - 1)))
              .index((i, _) -> stamped("agent of " + number, i.intValue())));

  @Autowired private Callbridge callbridge;

  @DynamicPropertySource
  static void ownAgents(DynamicPropertyRegistry settings) {
    settings.add("callbridge.elevenlabs.api-url", AGENTS::url);
  }

  /// Ten thousand messages a second, each written down at every touch, would be a test of that.
  @BeforeAll
  static void sampleLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
  }

  @AfterAll
  static void agentsGoHome() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    AGENTS.close();
  }

  @Test
  void fiftyCallsAtOnceConserveEveryFrameBothWays() {
    List<RawCaller> callers =
        IntStream.range(0, CALLS)
            .mapToObj(call -> RawCaller.of(callbridge.settings(), number(call)))
            .toList();
    try {
      List<URI> urls = callers.stream().map(caller -> caller.ring("")).toList();
      allAtOnce(call -> callers.get(call).dial(urls.get(call)));
      callers.forEach(caller -> caller.connected().start());
      callers.forEach(RawCaller::awaitVoice);

      EVERYBODY_IS_HERE.tryEmitEmpty();
      beats(FRAMES)
          .doOnNext(frame -> everybodySays(callers, frame.intValue()))
          .blockLast(Callbridge.CALL);

      for (int call = 0; call < CALLS; call++) {
        assertConserved(callers.get(call), number(call));
      }
    } finally {
      callers.stream().filter(RawCaller::isOpen).forEach(RawCaller::stop);
      callers.stream().filter(RawCaller::isOpen).forEach(RawCaller::closeCode);
      callers.forEach(RawCaller::close);
    }
    callbridge.assertNothingLeft();
  }

  private static void allAtOnce(IntConsumer action) {
    Flux.range(0, CALLS)
        .flatMap(
            call ->
                Mono.fromRunnable(() -> action.accept(call))
                    .subscribeOn(Schedulers.boundedElastic()),
            CALLS)
        .blockLast(Callbridge.CALL);
  }

  /// One every 20 ms, caught up with where the machine is late.
  private static Flux<Long> beats(int frames) {
    return Flux.interval(FRAME).onBackpressureBuffer(frames).take(frames);
  }

  private static void everybodySays(List<RawCaller> callers, int frame) {
    for (int call = 0; call < CALLS; call++) {
      RawCaller caller = callers.get(call);
      caller.media(caller.streamSid(), stamped("caller " + number(call), frame));
    }
  }

  private static void assertConserved(RawCaller caller, String number) {
    Callbridge.eventually(
        () -> caller.played().size() >= FRAMES && AGENTS.heardFrom(number).size() >= FRAMES,
        "frames of " + number + " were lost");
    assertThat(caller.played()).isEqualTo(script("agent of " + number));
    assertThat(AGENTS.heardFrom(number)).isEqualTo(script("caller " + number));
  }

  private static List<String> script(String speaker) {
    return IntStream.range(0, FRAMES).mapToObj(frame -> stamped(speaker, frame)).toList();
  }

  private static String number(int call) {
    return "+1555001%04d".formatted(call);
  }

  /// 20 ms of bytes that no other frame has.
  private static String stamped(String speaker, int frame) {
    String stamp = speaker + " frame " + frame + " ";
    byte[] audio = new byte[160];
    new Random(stamp.hashCode()).nextBytes(audio);
    System.arraycopy(stamp.getBytes(US_ASCII), 0, audio, 0, stamp.length());
    return Base64.getEncoder().encodeToString(audio);
  }
}
