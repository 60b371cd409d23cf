package dev.callbridge.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import dev.callbridge.tools.ToolAnswer.How;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.spi.ConnectionFactories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/// One answer for each tool call, and one run, on a real database.
@CallbridgeTest
final class ToolBoxTests {

  private static final Duration SOON = Callbridge.SOON;

  private final UUID id = UuidCreator.getTimeOrderedEpoch();
  private final AtomicInteger runs = new AtomicInteger();
  private final Map<String, String> effects = new ConcurrentHashMap<>();
  private final List<ToolBox> boxes = new ArrayList<>();
  private final CallStore calls;
  private final DatabaseClient database;
  private final HttpTools noHttp;

  ToolBoxTests(
      @Autowired CallStore calls, @Autowired DatabaseClient database, @Autowired HttpTools http) {
    this.calls = calls;
    this.database = database;
    this.noHttp = http;
  }

  @BeforeEach
  void thereIsACall() {
    calls.create(id, Plans.inbound(), null).block(SOON);
  }

  @AfterEach
  void close() {
    boxes.forEach(ToolBox::destroy);
  }

  @Test
  void aThousandDuplicatesOnTwoInstancesHaveTwentyEffects() {
    Tool book =
        new TestTool(
            "book",
            request ->
                Mono.delay(Duration.ofMillis(20))
                    .map(_ -> {
                      int run = runs.incrementAndGet();
                      return ToolResult.done(
                          effects.computeIfAbsent(request.toolCallId(), id -> id + " " + run));
                    }));
    List<ToolBox> two = List.of(box(book), box(book));

    List<ToolAnswer> answers =
        Objects.requireNonNull(
            Flux.range(0, 1_000)
                .flatMap(i -> use(two.get(i % 2), "t" + i % 20, Map.of("people", 4)), 32)
                .collectList()
                .block(Callbridge.CALL));

    assertThat(effects).hasSize(20);
    // A database that stutters may cost a run more, never an effect, and an answer that says so.
    assertThat(runs.get()).isBetween(20, 40);
    assertThat(answers)
        .hasSize(1_000)
        .allSatisfy(
            answer -> assertThat(answer.how()).isIn(How.DONE, How.UNAVAILABLE, How.TIMED_OUT))
        .filteredOn(answer -> answer.how() == How.DONE)
        .allSatisfy(answer -> assertThat(effects).containsValue(answer.result().text()));
  }

  @Test
  void whatACrashLeftUnfinishedRunsAgainUnderTheSameIdAndOnce() {
    ToolBox box = box(counting());
    ToolLedger ledger = new ToolLedger(database);
    ToolUse use =
        new ToolUse(id, "t1", "book", JsonMapper.shared().valueToTree(Map.of("people", 2)));
    ledger.begin(use, UUID.randomUUID(), Duration.ZERO, 50).block(SOON);

    ToolAnswer first = answer(box, "t1", Map.of("people", 2));
    ToolAnswer again = answer(box(counting()), "t1", Map.of("people", 2));

    assertThat(runs).hasValue(1);
    assertThat(first.result()).isEqualTo(again.result());
    assertThat(first.how()).isEqualTo(How.DONE);
  }

  @Test
  void anIdIsGoodForOneToolCallOnly() {
    ToolBox box = box(counting());
    answer(box, "t1", Map.of("people", 2));

    assertThat(answer(box, "t1", Map.of("people", 3)).how()).isEqualTo(How.INVALID);
    assertThat(answer(box, " ", Map.of()).how()).isEqualTo(How.INVALID);
    assertThat(answer(box, "t".repeat(201), Map.of()).how()).isEqualTo(How.INVALID);
    assertThat(answer(box, "t\0", Map.of()).how()).isEqualTo(How.INVALID);
    assertThat(runs).hasValue(1);
  }

  @Test
  void argumentsThatDoNotFitAreNotGivenToTheTool() {
    ToolBox box = box(counting());
    List<Map<String, Object>> hostile =
        List.of(
            Map.of("people", 0),
            Map.of("people", "2; DROP TABLE call"),
            Map.of("people", 1e99),
            Map.of("people", List.of(2)),
            Map.of("name", "x".repeat(41)),
            Map.of("name", "Robert'); DROP TABLE call;--"),
            Map.of("outcome", "COMPLETED"),
            Map.of("customerId", "4711"),
            Map.of("name", "x".repeat(20_000)));

    for (Map<String, Object> arguments : hostile) {
      ToolAnswer answer = answer(box, "t" + hostile.indexOf(arguments), arguments);
      assertThat(answer.how()).as("%s", arguments.keySet()).isEqualTo(How.INVALID);
      assertThat(answer.result().isError()).isTrue();
      assertThat(answer.result().text()).hasSizeLessThan(600);
    }
    assertThat(answer(box, "t0", Map.of("people", 0)).result().text()).contains("people");
    assertThat(runs).hasValue(0);
  }

  @Test
  void aToolThatIsNotAllowedIsNotThere() {
    ToolBox box = box(counting());

    ToolAnswer answer =
        Objects.requireNonNull(box.use(id, "t1", "book", Map.of(), Set.of("other")).block(SOON));

    assertThat(answer.how()).isEqualTo(How.UNKNOWN);
    assertThat(runs).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"throws", "fails", "empty", "hangs"})
  void whateverAToolDoesThereIsOneAnswer(String what) {
    Tool tool =
        new TestTool(
            "book",
            false,
            Duration.ofMillis(300),
            _ ->
                switch (what) {
                  case "throws" -> throw new IllegalStateException("secret");
                  case "fails" -> Mono.error(new IllegalStateException("secret"));
                  case "empty" -> Mono.empty();
                  default -> Mono.never();
                });
    ToolBox box = box(tool);

    ToolAnswer answer = answer(box, "t1", Map.of());
    ToolAnswer again = answer(box, "t1", Map.of());

    assertThat(answer.how()).isEqualTo(what.equals("hangs") ? How.TIMED_OUT : How.FAILED);
    assertThat(answer.result().isError()).isTrue();
    assertThat(answer.result().text()).doesNotContain("secret");
    assertThat(again.result()).isEqualTo(answer.result());
  }

  @Test
  void aToolThatOnlyFailsIsLeftAlone() {
    ToolBox box =
        box(
            new TestTool(
                "book",
                _ -> {
                  runs.incrementAndGet();
                  return Mono.error(new ToolException("The kitchen is on fire."));
                }));

    for (int i = 0; i < ToolGate.LOOKED_AT; i++) {
      assertThat(answer(box, "t" + i, Map.of()).result().text())
          .isEqualTo("The kitchen is on fire.");
    }
    assertThat(answer(box, "later", Map.of()).how()).isEqualTo(How.CIRCUIT_OPEN);
    assertThat(runs).hasValue(ToolGate.LOOKED_AT);
  }

  @Test
  void onlySoManyUseAToolAtOnceAndOnlySoManyAreForOneCall() {
    Sinks.One<ToolResult> done = Sinks.one();
    ToolBox box =
        box(
            new ToolSettings(2, 1, List.of(), false, Map.of()),
            new TestTool(
                "book",
                _ -> {
                  runs.incrementAndGet();
                  return done.asMono();
                }));

    CompletableFuture<@Nullable ToolAnswer> first = use(box, "t1", Map.of()).toFuture();
    Callbridge.eventually(() -> runs.get() == 1, "it does not run");
    assertThat(answer(box, "t2", Map.of()).how()).isEqualTo(How.BUSY);
    done.tryEmitValue(ToolResult.done("yes"));

    assertThat(Objects.requireNonNull(first.join()).how()).isEqualTo(How.DONE);
    assertThat(answer(box, "t3", Map.of()).how()).isEqualTo(How.SPENT);
  }

  @Test
  void whileTheDatabaseIsAwayOnlyWhatChangesNothingIsDone() {
    DatabaseClient away =
        DatabaseClient.create(
            ConnectionFactories.get("r2dbc:postgresql://nobody:none@127.0.0.1:1/nowhere"));
    Tool look =
        new TestTool(
            "look", true, SOON, _ -> Mono.just(ToolResult.done("" + runs.incrementAndGet())));
    ToolBox box =
        remember(
            new ToolBox(
                List.of(counting(), look),
                noHttp,
                settings(),
                new ToolLedger(away),
                new ToolMeters(new SimpleMeterRegistry())));

    assertThat(answer(box, "t1", Map.of()).how()).isEqualTo(How.UNAVAILABLE);
    assertThat(runs).hasValue(0);
    assertThat(
            Objects.requireNonNull(box.use(id, "t2", "look", Map.of(), Set.of("look")).block(SOON))
                .how())
        .isEqualTo(How.DONE);
  }

  @Test
  void twoToolsOfOneNameOrOneWithoutASchemaDoNotStart() {
    assertThatThrownBy(() -> box(counting(), counting())).hasMessage("two tools are named book");
    assertThatThrownBy(() -> box(new TestTool("Book It", _ -> Mono.empty())))
        .hasMessageContaining("Book It");
  }

  private Tool counting() {
    return new TestTool(
        "book", _ -> Mono.fromSupplier(() -> ToolResult.done("done " + runs.incrementAndGet())));
  }

  private ToolBox box(Tool... tools) {
    return box(settings(), tools);
  }

  private ToolBox box(ToolSettings settings, Tool... tools) {
    return remember(
        new ToolBox(
            List.of(tools),
            noHttp,
            settings,
            new ToolLedger(database),
            new ToolMeters(new SimpleMeterRegistry())));
  }

  private ToolBox remember(ToolBox box) {
    boxes.add(box);
    return box;
  }

  private static ToolSettings settings() {
    return new ToolSettings(50, 50, List.of(), false, Map.of());
  }

  private Mono<ToolAnswer> use(ToolBox box, String toolCallId, Map<String, Object> arguments) {
    return box.use(id, toolCallId, "book", arguments, Set.of("book"));
  }

  private ToolAnswer answer(ToolBox box, String toolCallId, Map<String, Object> arguments) {
    return Objects.requireNonNull(use(box, toolCallId, arguments).block(SOON));
  }
}
