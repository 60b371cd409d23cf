package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@CallbridgeTest
final class EvidenceWriterTests {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int THREADS = 8;
  private static final int EACH = 60;

  @Autowired private CallStore calls;
  @Autowired private EvidenceWriter writer;
  @Autowired private MeterRegistry meters;

  /// One call's lane, more than is written at once, and from every side.
  @Test
  void nothingIsLostWhereManyThreadsWriteAtTheSameMoment() {
    UUID id = Call.newId();
    calls.create(id, Plans.outbound(), null).block(SOON);
    double lost = lost();
    CountDownLatch all = new CountDownLatch(THREADS);

    Flux.range(0, THREADS)
        .flatMap(thread ->
            Mono.fromRunnable(
                    () -> {
                      all.countDown();
                      IntStream.range(0, EACH).forEach(i -> writer.write(event(id, thread, i)));
                    })
                .subscribeOn(Schedulers.boundedElastic()))
        .then(Mono.defer(() -> writer.written(id)))
        .block(SOON);

    List<String> keys =
        Objects.requireNonNull(calls.events(id).map(CallEvent::key).collectList().block(SOON));
    assertThat(keys).hasSize(THREADS * EACH).doesNotHaveDuplicates();
    for (int thread = 0; thread < THREADS; thread++) {
      String of = thread + ".";
      assertThat(keys.stream().filter(key -> key.startsWith(of)))
          .as("in the order in which each wrote")
          .isEqualTo(IntStream.range(0, EACH).mapToObj(i -> of + i).toList());
    }
    assertThat(lost()).isEqualTo(lost);
  }

  private double lost() {
    return meters.counter("callbridge.evidence.lost").count();
  }

  private static CallEvent event(UUID call, int thread, int i) {
    return new CallEvent(
        call, Kind.DTMF, Source.TWILIO, thread + "." + i, Instant.now(), Map.of("digit", "1"));
  }
}
