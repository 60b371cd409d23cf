package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The caller and the agent hang up in the same moment, again and again.
@Timeout(600)
@Tag("faults")
@CallbridgeTest
final class ClosingRaceTests {

  /// The sandbox forgets the sound of older calls, so that is looked at after each round.
  private static final int ROUNDS = 20;

  private static final int CALLS = 50;
  private static final int TIMES = ROUNDS * CALLS;
  private static final int AT_ONCE = 8;
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final CallerScript STAYS = CallerScript.answers().staysSilentFor(SOON).hangsUp();

  @Autowired private Callbridge callbridge;
  @Autowired private CallStore calls;
  @Autowired private DatabaseClient database;

  @Test
  void aCallThatBothSidesCloseAtOnceEndsOnce() {
    // A few calls first: a JVM that has not held any is slow.
    new FaultBench(callbridge, calls, database).run(List.of(), SOON);
    ConcurrentLinkedQueue<String> dropped = new ConcurrentLinkedQueue<>();
    Hooks.onErrorDropped(e -> dropped.add(e.toString()));
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    List<Call> ended = new ArrayList<>();
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    try {
      for (int i = 0; i < ROUNDS; i++) {
        ended.addAll(round());
      }
    } finally {
      ResourceLeakDetector.setLevel(level);
      root.detachAppender(log);
      Hooks.resetOnErrorDropped();
    }

    Map<String, Long> endings =
        ended.stream()
            .collect(
                Collectors.groupingBy(
                    call -> call.truth().outcome() + " (" + call.truth().reason() + ")",
                    TreeMap::new,
                    Collectors.counting()));
    FaultTable.write(
        "closing",
        List.of(
            new FaultTable.Entry(
                "F44",
                "both sides close at once, %,d times".formatted(TIMES),
                "one end each, COMPLETED (stop) or (agent_closed), no exception",
                endings.entrySet().stream()
                    .map(ending -> "%,d %s".formatted(ending.getValue(), ending.getKey()))
                    .collect(Collectors.joining(", ")),
                "")));
    assertThat(endings.keySet()).isSubsetOf("COMPLETED (stop)", "COMPLETED (agent_closed)");
    assertThat(ended).hasSize(TIMES).allSatisfy(this::endedOnce);
    assertThat(dropped).isEmpty();
    assertThat(log.list)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEmpty();
  }

  /// Beside a call with nothing wrong.
  private List<Call> round() {
    FaultBench bench = new FaultBench(callbridge, calls, database);
    SandboxCall healthy = callbridge.callIn(FaultBench.BOOKS);
    List<Call> ended = closeAll();
    Call fine = callbridge.awaitOutcome(healthy);
    assertThat(fine.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(healthy.heard()).isEqualTo(callbridge.session(fine).sentAudio());
    callbridge.assertNothingLeft();
    assertThat(bench.violations()).isEmpty();
    return ended;
  }

  private List<Call> closeAll() {
    return Objects.requireNonNull(
        Flux.range(0, CALLS)
            .flatMap(
                n -> Mono.fromCallable(() -> close(n)).subscribeOn(Schedulers.boundedElastic()),
                AT_ONCE)
            .collectList()
            .block(Duration.ofMinutes(8)));
  }

  /// The two are let go by one latch; by how much the one is then ahead of the other is left to the
  /// threads.
  private Call close(int n) throws InterruptedException {
    SandboxCall line = callbridge.callIn(STAYS);
    Call call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);
    AgentSession agent = callbridge.session(call);
    CountDownLatch both = new CountDownLatch(1);
    Thread caller = closing(both, n % 2 == 0 ? line::hangUp : () -> hangUp(agent));
    Thread other = closing(both, n % 2 == 0 ? () -> hangUp(agent) : line::hangUp);
    both.countDown();
    caller.join(SOON);
    other.join(SOON);
    return callbridge.await(call.id(), Call::isOver);
  }

  private void hangUp(AgentSession agent) {
    callbridge.elevenlabs().hangUp(agent.conversationId());
  }

  private static Thread closing(CountDownLatch both, Runnable close) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            if (both.await(SOON.toSeconds(), TimeUnit.SECONDS)) {
              close.run();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void endedOnce(Call call) {
    assertThat(callbridge.events(call.id()))
        .filteredOn(event -> event.kind() == Kind.MEDIA_ENDED)
        .hasSize(1);
  }
}
