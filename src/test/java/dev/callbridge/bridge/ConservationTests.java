package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import dev.callbridge.testing.StampedAgents;
import dev.callbridge.testing.StampedAgents.ToolAnswer;
import dev.callbridge.testing.Stamps;
import io.netty.util.ResourceLeakDetector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// What one side says the other side hears: every frame, once, in order, to the byte, and nobody
/// else does; whatever the tools of the call do meanwhile.
@CallbridgeTest
@Isolated("its calls are in real time")
final class ConservationTests {

  private static final int TEN_THOUSAND = 10_000;

  /// A tool's deadline, its turn among four at a time, and some seconds of the database's.
  private static final Duration ANSWERED = HostileTools.DEADLINE.plusSeconds(10);

  private static final Map<String, Run> RUNS = new ConcurrentHashMap<>();
  private static final HostileTools TOOLS = new HostileTools(TEN_THOUSAND);

  private static final StampedAgents AGENTS =
      StampedAgents.saying(
          number -> Run.of(number).agentOf(number), number -> Run.of(number).toolsOf(number));

  @Autowired private Callbridge callbridge;

  @DynamicPropertySource
  static void ownAgents(DynamicPropertyRegistry settings) {
    settings.add("callbridge.elevenlabs.api-url", AGENTS::url);
    settings.add("callbridge.tools.per-call", () -> ToolCalls.MAX_IN_A_SESSION);
    TOOLS.configure(settings);
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
    TOOLS.close();
  }

  @Test
  void fiftyCallsAtOnceConserveEveryFrameBothWays() {
    conserve(Run.of(1, 50, 150, 0, 0));
  }

  @Test
  void hostileToolsAreAnsweredOnceEachAndCostNoFrame() {
    conserve(Run.of(2, 5, 200, 2 * HostileTools.KINDS.size(), 0));

    assertThat(TOOLS.asked().keySet()).containsAll(HostileTools.KINDS);
  }

  @Test
  @Tag("faults")
  void tenThousandHostileToolCallsAreAnsweredOnceEachAndCostNoFrame() {
    int calls = 10;
    int ofEach = ToolCalls.MAX_IN_A_SESSION;
    for (int asked = 0; asked < TEN_THOUSAND; asked += calls * ofEach) {
      conserve(Run.of(10 + asked, calls, 2_000, ofEach, asked));
    }

    assertThat(TOOLS.asked().values())
        .hasSize(HostileTools.KINDS.size())
        .allSatisfy(
            times -> assertThat(times).isGreaterThan(TEN_THOUSAND / HostileTools.KINDS.size() / 2));
  }

  /// Calls that are held at the same time.
  ///
  /// @param frames that each side says in each
  /// @param tools that each agent calls meanwhile
  /// @param before tool calls of other runs
  /// @param everybodyIsHere until then each agent has only said its first word
  private record Run(
      String prefix,
      int calls,
      int frames,
      int tools,
      int before,
      Sinks.Empty<Void> everybodyIsHere) {

    static Run of(int number, int calls, int frames, int tools, int before) {
      Run run =
          new Run("+155500%05d".formatted(number), calls, frames, tools, before, Sinks.empty());
      RUNS.put(run.prefix, run);
      return run;
    }

    static Run of(String number) {
      return Objects.requireNonNull(RUNS.get(number.substring(0, number.length() - 2)));
    }

    String number(int call) {
      return "%s%02d".formatted(prefix, call);
    }

    Flux<String> agentOf(String number) {
      return Flux.concat(Flux.just(0L), everybodyIsHere.asMono().thenMany(Stamps.beats(frames - 1)))
          .index((i, _) -> Stamps.stamped("agent of " + number, i.intValue()));
    }

    Flux<StampedAgents.ToolCall> toolsOf(String number) {
      return tools == 0
          ? Flux.empty()
          : everybodyIsHere
              .asMono()
              .thenMany(
                  HostileTools.called(before(number), tools, Duration.ofMillis(20L * frames)));
    }

    int before(String number) {
      return before + tools * Integer.parseInt(number.substring(number.length() - 2));
    }
  }

  private void conserve(Run run) {
    List<RawCaller> callers =
        IntStream.range(0, run.calls())
            .mapToObj(call -> RawCaller.of(callbridge.settings(), run.number(call)))
            .toList();
    try {
      List<URI> urls = callers.stream().map(caller -> caller.ring("")).toList();
      allAtOnce(run, call -> callers.get(call).dial(urls.get(call)));
      callers.forEach(caller -> caller.connected().start());
      callers.forEach(RawCaller::awaitVoice);

      run.everybodyIsHere().tryEmitEmpty();
      Stamps.beats(run.frames())
          .doOnNext(frame -> everybodySays(run, callers, frame.intValue()))
          .blockLast(Callbridge.CALL);

      for (int call = 0; call < run.calls(); call++) {
        assertConserved(run, callers.get(call), run.number(call));
        assertAnswered(run, run.number(call));
      }
    } finally {
      callers.stream().filter(RawCaller::isOpen).forEach(RawCaller::stop);
      callers.stream().filter(RawCaller::isOpen).forEach(RawCaller::closeCode);
      callers.forEach(RawCaller::close);
    }
    callbridge.assertNothingLeft();
  }

  private static void allAtOnce(Run run, IntConsumer action) {
    Flux.range(0, run.calls())
        .flatMap(
            call ->
                Mono.fromRunnable(() -> action.accept(call))
                    .subscribeOn(Schedulers.boundedElastic()),
            run.calls())
        .blockLast(Callbridge.CALL);
  }

  private static void everybodySays(Run run, List<RawCaller> callers, int frame) {
    for (int call = 0; call < run.calls(); call++) {
      RawCaller caller = callers.get(call);
      caller.media(caller.streamSid(), Stamps.stamped("caller " + run.number(call), frame));
    }
  }

  private static void assertConserved(Run run, RawCaller caller, String number) {
    Callbridge.eventually(
        () ->
            caller.played().size() >= run.frames()
                && AGENTS.heardFrom(number).size() >= run.frames(),
        "frames of " + number + " were lost");
    assertThat(caller.played()).isEqualTo(Stamps.script("agent of " + number, run.frames()));
    assertThat(AGENTS.heardFrom(number)).isEqualTo(Stamps.script("caller " + number, run.frames()));
  }

  private static void assertAnswered(Run run, String number) {
    Callbridge.eventually(
        () -> AGENTS.answersIn(number).size() >= run.tools(),
        "tool calls of " + number + " were not answered");
    assertThat(AGENTS.answersIn(number))
        .extracting(ToolAnswer::id)
        .containsExactlyInAnyOrderElementsOf(HostileTools.ids(run.before(number), run.tools()));
    assertThat(AGENTS.answersIn(number))
        .allSatisfy(answer -> {
          assertThat(answer.after()).isLessThan(ANSWERED);
          assertThat(answer.text()).doesNotContain("127.0.0.1", "oops", "Exception");
          if (!HostileTools.kind(answer.id()).equals("ok")) {
            assertThat(answer.isError()).as(answer.id()).isTrue();
          }
        });
    assertThat(AGENTS.answersIn(number))
        .filteredOn(answer -> HostileTools.kind(answer.id()).equals("ok"))
        .filteredOn(ToolAnswer::isError)
        .as("a service that works was not asked")
        .hasSizeLessThanOrEqualTo(run.tools() / HostileTools.KINDS.size() / 4);
  }
}
