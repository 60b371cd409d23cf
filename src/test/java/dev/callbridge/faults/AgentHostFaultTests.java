package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.faults.TcpProxy.Weather;
import dev.callbridge.sandbox.elevenlabs.Rigging;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The agent's host by its name and with its certificate: a relay that reaches ElevenLabs over TLS,
/// under names that a server of the test's own knows, and trusts one authority.
@Timeout(300)
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AgentHostFaultTests {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int WARM_UP = 3;
  private static final int AT_ONCE = 3;
  private static final String DEAD = "127.0.0.2";
  private static final String HERE = "127.0.0.1";

  private static final CallerScript TALKS =
      CallerScript.answersAfter(Duration.ofMillis(200)).listens().says("whole-booking");

  private static final CallerScript STAYS =
      CallerScript.answersAfter(Duration.ofMillis(200)).staysSilentFor(SOON).hangsUp();

  /// @param agent how its assistant is called
  private record Case(
      String fault, String agent, String injected, String outcome, String reason, String origin) {

    boolean isReached() {
      return outcome.equals("COMPLETED");
    }

    String expected() {
      return outcome + " (" + reason + ")" + (isReached() ? "" : ", apology within 8 s");
    }
  }

  private record Observed(
      Case made, String ending, @Nullable Duration spoken, List<String> problems) {

    FaultTable.Entry entry() {
      String told =
          problems.isEmpty() ? ending : "**" + ending + ": " + String.join("; ", problems) + "**";
      String waited =
          spoken == null ? "" : String.format(Locale.ROOT, "%.1f s", spoken.toMillis() / 1000.0);
      return new FaultTable.Entry(made.fault(), made.injected(), made.expected(), told, waited);
    }
  }

  @TempDir private static Path folder;
  private final List<AutoCloseable> peers = new ArrayList<>();
  private List<Observed> results = List.of();
  private World world;

  @BeforeAll
  void run() throws Exception {
    world = opened(new World(folder));
    Certificates certificates = new Certificates(folder.resolve("certificates"));
    int good = secure(certificates.good());
    opened(new DeadPorts(new InetSocketAddress(InetAddress.ofLiteral(DEAD), good)));
    TcpProxy stuck = opened(new TcpProxy(world.elevenlabs().url()));
    stuck.weather(Weather.STUCK, Weather.STUCK);
    NameServer names =
        opened(
            new NameServer(
                Map.of(
                    "api.elevenlabs.io", List.of(HERE), "two.elevenlabs.io", List.of(DEAD, HERE)),
                Set.of("silent.elevenlabs.io")));
    List<Case> cases =
        List.of(
            refused("expired", "an expired certificate", secure(certificates.expired()), "tls"),
            refused("other-name", "another's certificate", secure(certificates.otherName()), "tls"),
            refused(
                "unknown",
                "the certificate of an unknown authority",
                secure(certificates.unknownAuthority()),
                "tls"),
            refused("stalls", "no answer in the TLS handshake", stuck.port(), "tls_timeout"),
            new Case(
                "F27",
                "nameless",
                "the name of the agent's host does not exist",
                "AGENT_UNREACHABLE",
                "unknown_host",
                "wss://nobody.elevenlabs.io:" + good),
            new Case(
                "F27",
                "unnamed",
                "no name server answers for the agent's host",
                "AGENT_UNREACHABLE",
                "unknown_host",
                "wss://silent.elevenlabs.io:" + good),
            new Case(
                "F27",
                "two",
                "two addresses for the agent's host, the first of them dead",
                "COMPLETED",
                "end_call",
                "wss://two.elevenlabs.io:" + good));
    rig(cases, good);
    world.startRelay(
        "ELEVENLABS_API_URL", "https://api.elevenlabs.io:" + good,
        "CALLBRIDGE_NAME_SERVERS", names.address(),
        "SPRING_APPLICATION_JSON", assistants(cases),
        "JAVA_TOOL_OPTIONS",
            "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
                .formatted(certificates.trusted(), Certificates.PASSWORD));
    results = makeAll(cases);
    FaultTable.write("agent-host", results.stream().map(Observed::entry).toList());
  }

  private static Case refused(String agent, String what, int port, String reason) {
    return new Case(
        "F28",
        agent,
        "the agent's host has " + what,
        "AGENT_UNREACHABLE",
        reason,
        "wss://api.elevenlabs.io:" + port);
  }

  private <T extends AutoCloseable> T opened(T peer) {
    peers.addFirst(peer);
    return peer;
  }

  private int secure(SSLContext certificate) throws IOException {
    return opened(TcpProxy.secure(world.elevenlabs().url(), certificate)).port();
  }

  private void rig(List<Case> cases, int good) {
    Rigging rigging = world.elevenlabs().rigging();
    rigging.moveSockets("agent_sandbox", "wss://api.elevenlabs.io:" + good);
    cases.forEach(made -> rigging.moveSockets(agentId(made), made.origin()));
  }

  private static String agentId(Case made) {
    return "agent_sandbox--" + made.agent();
  }

  private static String assistants(List<Case> cases) {
    return cases.stream()
        .map(made ->
            "\"callbridge.assistants.%s.agent-id\":\"%s\"".formatted(made.agent(), agentId(made)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /// A few at once, each beside a call with nothing wrong. A JVM that has not held a call yet is
  /// too slow for that.
  private List<Observed> makeAll(List<Case> cases) {
    for (int i = 0; i < WARM_UP; i++) {
      over(callIn(TALKS, "default"), "outcome");
    }
    return Objects.requireNonNull(
        Flux.fromIterable(cases)
            .flatMapSequential(
                made ->
                    Mono.fromCallable(() -> make(made)).subscribeOn(Schedulers.boundedElastic()),
                AT_ONCE,
                1)
            .collectList()
            .block(Duration.ofMinutes(4)));
  }

  private Observed make(Case made) {
    SandboxCall healthy = callIn(TALKS, "default");
    SandboxCall line = callIn(made.isReached() ? TALKS : STAYS, made.agent());
    return observe(made, line, healthy);
  }

  private SandboxCall callIn(CallerScript script, String assistant) {
    return world
        .twilio()
        .callIn(
            new InboundCall(
                world.url("/twilio/voice?assistant=" + assistant),
                "+15550009999",
                "+15550001000",
                script,
                world.url("/twilio/status"),
                world.url("/twilio/voice/fallback")));
  }

  private Observed observe(Case made, SandboxCall line, SandboxCall healthy) {
    List<String> problems = new ArrayList<>();
    String outcome = over(line, "outcome");
    String reason = world.row(line, "reason");
    if (!outcome.equals(made.outcome()) || !reason.equals(made.reason())) {
      problems.add("it is not " + made.expected());
    }
    line.ended().block(SOON);
    Duration spoken = waited(Ledgers.Line.of(line));
    if (made.isReached()) {
      problems.addAll(heard(line));
    } else if (line.spoken().isEmpty() || !line.spoken().getLast().startsWith("I am sorry")) {
      problems.add("the caller was told " + line.spoken());
    } else if (spoken == null || spoken.compareTo(Duration.ofSeconds(8)) > 0) {
      problems.add("the first sentence came after " + spoken);
    }
    if (!over(healthy, "outcome").equals("COMPLETED")) {
      problems.add("the healthy call beside it is " + world.row(healthy, "outcome"));
    } else {
      heard(healthy).forEach(problem -> problems.add("the healthy call beside it: " + problem));
    }
    return new Observed(made, outcome + " (" + reason + ")", spoken, problems);
  }

  private String over(SandboxCall line, String column) {
    World.eventually(() -> !world.row(line, column).isEmpty(), SOON, "a call is not over");
    return world.row(line, column);
  }

  private List<String> heard(SandboxCall line) {
    byte[] said =
        world.elevenlabs().session(world.row(line, "conversation_id")).orElseThrow().sentAudio();
    return Arrays.equals(said, line.heard())
        ? List.of()
        : List.of("the caller did not hear all that the agent said");
  }

  /// From where the agent should have been there to the first sentence.
  private static @Nullable Duration waited(Ledgers.Line line) {
    if (line.spoken().isEmpty() || line.streams().isEmpty()) {
      return null;
    }
    Instant open = line.streams().getFirst().at();
    return Duration.between(open, line.spoken().getFirst().at());
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable peer : peers) {
      peer.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyFaultEndsAsItMust() {
    return results.stream()
        .map(result ->
            DynamicTest.dynamicTest(
                result.made().fault() + ", " + result.made().injected(),
                () -> assertThat(result.problems()).isEmpty()));
  }
}
