package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.EventStream;
import dev.callbridge.testing.Plans;
import io.r2dbc.spi.ConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;

/// How long after it is stored an event is at a watcher, at the instance that stored it and at
/// another one, over real sockets.
@CallbridgeTest
final class VisibilityTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int EVENTS = 200;

  /// What was measured, for whoever wants to know.
  private static final Path MEASURED = Path.of("target", "visibility.txt");

  /// Nothing that comes sooner can have come by looking: it was announced.
  private static final Duration NEVER_IN_THIS_TEST = Duration.ofMinutes(10);

  private static final StreamSettings DEAF_TO_TIME =
      new StreamSettings(
          100, Duration.ofSeconds(5), Duration.ofSeconds(20), 4096, NEVER_IN_THIS_TEST);

  private final Callbridge callbridge;
  private final CallStore calls;
  private final ConnectionFactory database;

  VisibilityTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired ConnectionFactory database) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.database = database;
  }

  @Test
  void anEventIsAnnouncedToEveryInstance() throws Exception {
    UUID call = UuidCreator.getTimeOrderedEpoch();
    calls.create(call, Plans.inbound(), null).block(SOON);
    Map<Integer, Long> stored = new ConcurrentHashMap<>();
    try (SecondInstance second = new SecondInstance(database, DEAF_TO_TIME);
        EventStream here =
            EventStream.open(
                callbridge.settings().publicUrl("/api/v1/calls/stream"), "sandbox", "");
        EventStream beside = EventStream.open(second.url(), "sandbox", "")) {
      here.awaitReady();
      beside.awaitReady();
      Flux.interval(Duration.ofMillis(20))
          .onBackpressureBuffer(EVENTS)
          .take(EVENTS)
          .map(Long::intValue)
          .concatMap(
              n -> calls.append(event(call, n)).doOnSuccess(_ -> stored.put(n, System.nanoTime())))
          .blockLast(Duration.ofSeconds(60));

      Callbridge.eventually(
          () -> arrivals(here, call).size() == EVENTS && arrivals(beside, call).size() == EVENTS,
          "not all events were announced");
      Files.writeString(
          MEASURED,
          "where it was stored: %s%nat another instance: %s%n"
              .formatted(
                  delays(arrivals(here, call), stored), delays(arrivals(beside, call), stored)));
      assertThat(arrivals(beside, call)).hasSize(EVENTS);
    }
  }

  private record Arrival(int n, long nanos) {}

  private static List<Arrival> arrivals(EventStream stream, UUID call) {
    return stream.seen("event").stream()
        .filter(sent -> sent.data().at("/call/id").asString().equals(call.toString()))
        .map(sent -> new Arrival(sent.data().at("/details/n").asInt(), sent.nanos()))
        .toList();
  }

  /// In milliseconds. One that was there before the writer had heard that it is stored counts as 0.
  private static String delays(List<Arrival> arrivals, Map<Integer, Long> stored) {
    List<Long> sorted =
        arrivals.stream()
            .flatMap(arrival ->
                Stream.ofNullable(stored.get(arrival.n()))
                    .map(at -> Math.max(0, arrival.nanos() - at) / 1_000_000))
            .sorted()
            .toList();
    return "median %d ms, 95%% %d ms, 99%% %d ms, longest %d ms"
        .formatted(
            sorted.get(sorted.size() / 2),
            sorted.get(sorted.size() * 95 / 100),
            sorted.get(sorted.size() * 99 / 100),
            sorted.getLast());
  }

  private static CallEvent event(UUID call, int n) {
    return new CallEvent(
        call, Kind.DTMF, Source.RELAY, "v" + n, Instant.now(), Map.of("n", "" + n));
  }
}
