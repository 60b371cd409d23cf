package dev.callbridge.faults;

import static dev.callbridge.call.Outcome.*;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.faults.FaultRow.Words;
import dev.callbridge.faults.TcpProxy.Weather;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Faults between the parties: ports where nobody is, and a network that loses, holds or slows what
/// goes through it.
final class BrokenNetwork implements AutoCloseable {

  private static final CallerScript STAYS =
      CallerScript.answers().staysSilentFor(Duration.ofSeconds(60)).hangsUp();

  /// Half of what a caller's audio takes, a frame being some 240 bytes on its way to the agent.
  private static final int HALF_OF_REAL_TIME = 6_000;

  /// In bytes. With less room than the kernel has in one piece, it gives the connection up.
  private static final int TWO_SECONDS = 24 * 1024;

  private static final Duration NOTICED = Duration.ofSeconds(15);

  private static final Duration STALL = Duration.ofSeconds(2);

  /// What stalls meanwhile, in frames.
  private static final int BACKLOG = 100;

  /// In bytes.
  private static final int FRAME = 160;

  private final DeadPorts dead = new DeadPorts();
  private final TcpProxy lost;
  private final TcpProxy narrow;
  private final Callbridge callbridge;
  private final List<TcpProxy> lines = new ArrayList<>();
  private volatile @Nullable Instant lostAt;
  private final Map<String, Duration> caughtUp = new ConcurrentHashMap<>();

  BrokenNetwork(Callbridge callbridge) throws IOException {
    this.callbridge = callbridge;
    URI agents = callbridge.elevenlabs().url();
    lost = new TcpProxy(agents);
    narrow = new TcpProxy(agents, TWO_SECONDS);
    move("refused", dead.refusing());
    move("black-hole", dead.silent());
    move("lost", lost.authority());
    move("narrow", narrow.authority());
  }

  static String agentId(String name) {
    return "agent_sandbox--" + name;
  }

  /// Conversations whose agent hears nothing, or late, of what the relay does.
  Set<String> outOfTouch() {
    Set<String> agents = Set.of(agentId("lost"), agentId("narrow"));
    return callbridge.elevenlabs().sessions().stream()
        .filter(session -> agents.contains(session.agentId()))
        .map(AgentSession::conversationId)
        .collect(Collectors.toSet());
  }

  private void move(String agent, String authority) {
    callbridge.elevenlabs().rigging().moveSockets(agentId(agent), "ws://" + authority);
  }

  List<FaultRow> rows() {
    return Stream.of(
            FaultRow.agent("F1", "refused", STAYS, AGENT_UNREACHABLE, "connect_refused")
                .begunBy("the agent's port is closed", bench -> call(bench, "refused"))
                .spokenWithin(8),
            FaultRow.agent("F2", "black-hole", STAYS, AGENT_UNREACHABLE, "connect_timeout")
                .begunBy("the agent's host answers no SYN", bench -> call(bench, "black-hole"))
                .spokenWithin(8),
            // What ends it is how the try after the loss ended.
            FaultRow.agent("F18", "lost", STAYS, AGENT_LOST, "agent_silent|upgrade_timeout")
                .begunBy(
                    "the path to the agent loses all both ways in mid-call, without a FIN",
                    this::loseAgent)
                .and(this::noticedInTime),
            FaultRow.agent("F19", "narrow", STAYS, COMPLETED, "stop|end_call")
                .begunBy(
                    "the agent's socket takes half of real time, for 25 seconds", this::narrowAgent)
                .and(BrokenNetwork::droppedTheOldest),
            FaultRow.agent("F40", "default", STAYS, COMPLETED, "send_timeout")
                .begunBy("the caller's socket takes nothing any more", this::stickLine)
                .words(Words.ANY)
                .and(BrokenNetwork::agentLeftSoon),
            FaultRow.agent("F41", "default", STAYS, COMPLETED, "no_media")
                .begunBy(
                    "the path to Twilio loses all both ways in mid-call, without a FIN",
                    this::loseLine)
                .words(Words.ANY)
                .and(BrokenNetwork::agentLeftSoon),
            FaultRow.agent("F42", "default", STAYS, COMPLETED, "stop")
                .begunBy("the caller's audio stalls for 2 s, then comes at once", this::stallLine)
                .and(this::lostNoFrame),
            noStream("its port is closed (31902)", dead.refusing()),
            noStream("its host answers no SYN (31901)", dead.silent()),
            noStream(
                "the upgrade is refused (31920)", callbridge.elevenlabs().url().getAuthority()))
        .toList();
  }

  /// Twilio does not reach us for the stream, though it does for all else.
  private FaultRow noStream(String why, String authority) {
    return FaultRow.agent("F53", "default", STAYS, AGENT_UNREACHABLE, "no_stream")
        .begunBy(
            "Twilio does not get its stream open: " + why,
            _ -> callbridge.await(callbridge.callInThrough(authority, STAYS, ""), _ -> true).id())
        .spokenWithin(8);
  }

  private static UUID call(FaultBench bench, String assistant) {
    return bench.callIn(STAYS, "assistant=" + assistant);
  }

  private UUID loseAgent(FaultBench bench) {
    UUID id = talking(bench, bench.callIn(STAYS, "assistant=lost"));
    lost.weather(Weather.LOST, Weather.LOST);
    lostAt = Instant.now();
    return id;
  }

  private UUID narrowAgent(FaultBench bench) {
    CallerScript patient = CallerScript.answers().staysSilentFor(Duration.ofSeconds(25)).hangsUp();
    narrow.limit(HALF_OF_REAL_TIME);
    return bench.callIn(patient, "assistant=narrow");
  }

  private UUID stickLine(FaultBench bench) {
    return line(
        bench,
        CallerScript.answers().staysSilentFor(Duration.ofSeconds(40)).hangsUp(),
        "assistant=flood",
        // A second of a minute of audio, which all comes at once.
        proxy -> proxy.stickAfter(32 * 1024),
        (_, _) -> {});
  }

  private UUID loseLine(FaultBench bench) {
    return line(
        bench,
        CallerScript.answers().staysSilentFor(Duration.ofSeconds(40)).hangsUp(),
        "",
        _ -> {},
        (proxy, _) -> proxy.weather(Weather.LOST, Weather.LOST));
  }

  private UUID stallLine(FaultBench bench) {
    return line(
        bench,
        CallerScript.answers().staysSilentFor(Duration.ofSeconds(12)).hangsUp(),
        "",
        _ -> {},
        (proxy, line) -> {
          AgentSession agent = callbridge.session(callbridge.await(line, _ -> true));
          proxy.weather(Weather.STUCK, Weather.FINE);
          pause(STALL);
          int before = agent.callerFrames();
          long released = System.nanoTime();
          proxy.weather(Weather.FINE, Weather.FINE);
          World.eventually(
              () -> agent.callerFrames() >= before + BACKLOG, STALL.multipliedBy(5), "no backlog");
          caughtUp.put(line.callSid(), Duration.ofNanos(System.nanoTime() - released));
        });
  }

  /// A call whose media goes through a network of its own, which breaks once they talk.
  private UUID line(
      FaultBench bench,
      CallerScript script,
      String query,
      Consumer<TcpProxy> prepares,
      BiConsumer<TcpProxy, SandboxCall> breaks) {
    try {
      TcpProxy proxy = new TcpProxy(callbridge.settings().publicUrl("/"), TcpProxy.SMALL);
      synchronized (lines) {
        lines.add(proxy);
      }
      prepares.accept(proxy);
      SandboxCall line = callbridge.callInThrough(proxy.authority(), script, query);
      UUID id = talking(bench, callbridge.await(line, _ -> true).id());
      breaks.accept(proxy, line);
      return id;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static UUID talking(FaultBench bench, UUID id) {
    bench.callbridge().await(id, call -> call.truth().timings().firstAgentAudio() != null);
    return id;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private List<String> noticedInTime(FaultBench bench, Call call) {
    SandboxCall line = bench.callbridge().twilio().call("" + call.truth().twilioCallSid());
    Instant since = lostAt;
    if (line == null || since == null) {
      return List.of("nothing was lost");
    }
    return Ledgers.Line.of(line).spoken().stream()
        .findFirst()
        .filter(said -> said.at().isBefore(since.plus(NOTICED)))
        .map(_ -> List.<String>of())
        .orElse(List.of("the caller heard of it later than " + NOTICED + " after the loss"));
  }

  private static List<String> droppedTheOldest(FaultBench bench, Call call) {
    return droppedFrames(bench, call) > 0
        ? List.of()
        : List.of("no frame of the caller was dropped, so all of them waited");
  }

  /// Nothing was dropped, and what came late reached the agent in its order, soon after.
  private List<String> lostNoFrame(FaultBench bench, Call call) {
    List<String> problems = new ArrayList<>();
    long dropped = droppedFrames(bench, call);
    if (dropped > 0) {
      problems.add(dropped + " frames of the caller were dropped");
    }
    byte[] heard = bench.callbridge().session(call).callerUlaw();
    // A silent caller's noise is the same again each second, and no two frames of it are.
    int period = 50 * FRAME;
    if (heard.length < 4 * period
        || Arrays.mismatch(heard, period, heard.length, heard, 0, heard.length - period) >= 0) {
      problems.add("the agent did not hear the caller's frames in their order");
    }
    Duration took = caughtUp.get("" + call.truth().twilioCallSid());
    if (took == null || took.compareTo(Duration.ofSeconds(1)) > 0) {
      problems.add("the backlog took " + took);
    }
    return problems;
  }

  private static long droppedFrames(FaultBench bench, Call call) {
    return bench.callbridge().events(call.id()).stream()
        .filter(event -> event.kind() == Kind.MEDIA_ENDED)
        .mapToLong(event -> Long.parseLong(event.details().getOrDefault("droppedFrames", "0")))
        .sum();
  }

  private static List<String> agentLeftSoon(FaultBench bench, Call call) {
    return bench.callbridge().session(call).hasEnded()
        ? List.of()
        : List.of("its agent is still there");
  }

  @Override
  public void close() throws IOException {
    lost.close();
    narrow.close();
    dead.close();
    for (TcpProxy line : lines) {
      line.close();
    }
  }
}
