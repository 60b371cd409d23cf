package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.CallerScript;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// Who watches, against real relays, and comes and goes.
@Timeout(400)
@Tag("faults")
final class WatchingFaultTests {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofSeconds(240);

  @TempDir private Path folder;
  private World world;

  @BeforeEach
  void build() throws Exception {
    world = new World(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    world.close();
  }

  private static CallerScript staying(Duration time) {
    return CallerScript.answersAfter(Duration.ofMillis(100)).staysSilentFor(time).hangsUp();
  }

  @Test
  void overTwoInstancesAndManyReconnectsEachEventIsSeenOnceAndInOrder() throws Exception {
    world.startRelay();
    List<URI> instances = List.of(world.url("/"), world.startRelayBeside());
    try (HoppingWatcher hopping =
            new HoppingWatcher(instances, Duration.ofSeconds(1), Duration.ZERO);
        HoppingWatcher killed =
            new HoppingWatcher(
                instances.subList(1, 2), Duration.ofMillis(2_700), Duration.ofMillis(1_900))) {
      hopping.begin();
      killed.begin();
      Flux.range(0, 200)
          .flatMap(
              n ->
                  world
                      .callIn(instances.get(n % 2), staying(Duration.ofSeconds(1)))
                      .ended()
                      .subscribeOn(Schedulers.boundedElastic()),
              12)
          .then()
          .block(LONG);
      World.eventually(
          () -> world.count("SELECT count(*) FROM call WHERE state = 'ENDED'") == 200,
          SOON,
          "calls are still on");
      String last = world.column("SELECT max(id) FROM call_event").getFirst();
      World.eventually(
          () -> hopping.hasSeen(last) && killed.hasSeen(last), SOON, "not all is seen");

      assertThat(hopping.visits()).isGreaterThan(10);
      assertThat(killed.visits()).isGreaterThan(4);
      sawEverythingOnceInOrder(hopping);
      sawEverythingOnceInOrder(killed);
    }
  }

  private void sawEverythingOnceInOrder(HoppingWatcher watcher) throws Exception {
    List<String> stored = world.column("SELECT id FROM call_event ORDER BY xact, id");
    // What was there at its first visit was in the snapshot.
    assertThat(watcher.ids())
        .containsExactlyElementsOf(
            stored.subList(stored.size() - watcher.ids().size(), stored.size()))
        .hasSizeGreaterThan(1_500);
    assertThat(stored.indexOf(watcher.ids().getFirst())).isEqualTo(watcher.knownAtFirst(stored));
  }
}
