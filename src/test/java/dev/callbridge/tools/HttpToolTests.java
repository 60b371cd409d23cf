package dev.callbridge.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.HostileService;
import dev.callbridge.testing.Plans;
import dev.callbridge.tools.ToolAnswer.How;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/// Tools that ask a service, and a service that does not mean well.
@CallbridgeTest
final class HttpToolTests {

  private static final Duration DEADLINE = Duration.ofMillis(700);

  /// The ledger's own time beside the tool's, on a machine that has other things to do.
  private static final Duration SLACK = Duration.ofSeconds(9);

  private static final String SCHEMA =
      """
      {"type":"object","additionalProperties":false,"required":["item"],"properties":{
        "item":{"type":"string","maxLength":80},"count":{"type":"integer"}}}
      """;

  private static final Map<String, How> BECOMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ok", How.DONE),
              Map.entry("no", How.REFUSED),
              Map.entry("hang", How.TIMED_OUT),
              Map.entry("late", How.TIMED_OUT),
              Map.entry("drip", How.TIMED_OUT),
              Map.entry("broken", How.FAILED),
              Map.entry("reset", How.FAILED),
              Map.entry("big", How.FAILED),
              Map.entry("bomb", How.FAILED),
              Map.entry("redirect", How.FAILED),
              Map.entry("loop", How.FAILED),
              Map.entry("html", How.FAILED),
              Map.entry("garbage", How.FAILED),
              Map.entry("headers", How.FAILED)));

  private final UUID id = UuidCreator.getTimeOrderedEpoch();
  private final HostileService service = new HostileService();
  private final ToolSettings settings = new ToolSettings(100_000, 100, List.of(), true, Map.of());
  private final Egress egress = new Egress(settings);
  private final List<ToolBox> boxes = new ArrayList<>();
  private final CallStore calls;
  private final DatabaseClient database;
  private final HttpTools noHttp;

  HttpToolTests(
      @Autowired CallStore calls, @Autowired DatabaseClient database, @Autowired HttpTools http) {
    this.calls = calls;
    this.database = database;
    this.noHttp = http;
  }

  @BeforeEach
  void thereIsACall() {
    calls.create(id, Plans.inbound(), null).block(Callbridge.SOON);
  }

  @AfterEach
  void close() {
    boxes.forEach(ToolBox::destroy);
    egress.destroy();
    service.close();
  }

  @Test
  void aHostileServiceCostsOneAnswerEachAndNoMoreThanTheDeadline() {
    askHostile(2);
  }

  @Test
  @Tag("faults")
  void tenThousandOfThem() {
    askHostile(10_000 / (BECOMES.size() * ToolGate.LOOKED_AT) + 1);
  }

  /// A box leaves a tool alone after so many failures: each box asks each that often.
  private void askHostile(int rounds) {
    for (int round = 0; round < rounds; round++) {
      String prefix = "r" + round;
      ToolBox box = box(BECOMES.keySet().stream().map(this::hostile).toList());
      Flux.fromIterable(BECOMES.keySet())
          .flatMap(kind -> Flux.range(0, ToolGate.LOOKED_AT).map(i -> new String[] {kind, "" + i}))
          .flatMap(
              each -> {
                long began = System.nanoTime();
                return box.use(
                        id,
                        prefix + each[0] + each[1],
                        each[0],
                        Map.of("item", "x"),
                        BECOMES.keySet())
                    .flux()
                    .collectList()
                    .doOnNext(answers -> {
                      assertThat(answers).as(each[0]).hasSize(1);
                      assertThat(answers.getFirst().how())
                          .as(each[0])
                          .isEqualTo(BECOMES.get(each[0]));
                      assertThat(Duration.ofNanos(System.nanoTime() - began))
                          .isLessThan(DEADLINE.multipliedBy(15).plus(SLACK));
                    });
              },
              70)
          .then()
          .block(Callbridge.CALL);
    }
    assertThat(service.requests)
        .filteredOn(request -> request.contains("/ok"))
        .hasSize(rounds * 10);
    assertThat(service.requests)
        .filteredOn(request -> request.contains("/big"))
        .hasSize(rounds * 10);
    // What the sockets on the way hold, and not all that there is.
    assertThat(service.pieces.get()).isLessThan(rounds * 10 * 512);
  }

  @Test
  void aServiceIsAskedOnceWithWhatTheTemplatesSayAndAKeyOfItsOwn() {
    HttpToolSettings order =
        new HttpToolSettings(
            "Orders.",
            SCHEMA,
            "POST",
            service.url("/orders/{item}?for={call.from}"),
            Map.of("Authorization", "Bearer canary-credential"),
            "{\"item\":\"{item}\",\"count\":\"{count}\"}",
            "/path",
            DEADLINE.multipliedBy(10),
            null);
    ToolBox box = box(List.of(new HttpTool("order", order, egress, calls)));
    Map<String, Object> arguments = Map.of("item", "../a b", "count", 2);

    ToolAnswer answer = use(box, "t1", "order", arguments);
    ToolAnswer again = use(box, "t1", "order", arguments);
    use(box, "t2", "order", arguments);

    assertThat(answer.result().text()).startsWith("{\"data\":\"orders/");
    assertThat(again.result()).isEqualTo(answer.result());
    assertThat(answer.result().text()).doesNotContain("canary");
    assertThat(order.toString()).doesNotContain("canary");
    assertThat(service.requests)
        .hasSize(2)
        .allSatisfy(request ->
            assertThat(request)
                .startsWith("POST /orders/..%2Fa%20b?for=%2B15550009999 " + id + "-")
                .endsWith(" {\"item\":\"../a b\",\"count\":2}"))
        .doesNotHaveDuplicates();
  }

  private HttpTool hostile(String kind) {
    return new HttpTool(kind, get(kind), egress, calls);
  }

  /// Who is to be too late has little time; who is to fail has enough on a busy machine.
  private HttpToolSettings get(String kind) {
    Duration deadline = BECOMES.get(kind) == How.TIMED_OUT ? DEADLINE : DEADLINE.multipliedBy(15);
    return new HttpToolSettings(
        "Asks.", SCHEMA, "GET", service.url("/" + kind), Map.of(), null, "/stock", deadline, null);
  }

  private ToolAnswer use(
      ToolBox box, String toolCallId, String name, Map<String, Object> arguments) {
    return Objects.requireNonNull(
        box.use(id, toolCallId, name, arguments, Set.of(name)).block(Callbridge.SOON));
  }

  private ToolBox box(List<? extends Tool> tools) {
    ToolBox box =
        new ToolBox(
            List.copyOf(tools),
            noHttp,
            settings,
            new ToolLedger(database),
            new ToolMeters(new SimpleMeterRegistry()));
    boxes.add(box);
    return box;
  }
}
