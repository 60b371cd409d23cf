package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/// Watchers that do not read, by the thousand, against a real relay that carries calls.
@Timeout(400)
@Tag("faults")
final class StalledWatchersTests {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LATER = Duration.ofSeconds(150);
  private static final String DROPPED = "callbridge_caller_frames_dropped_total";

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

  /// One after the other: fifty at the same moment would be about something else.
  private List<SandboxCall> callIn(int calls, Duration time) {
    return Objects.requireNonNull(
        Flux.interval(Duration.ofMillis(250))
            .onBackpressureBuffer(calls)
            .take(calls)
            .map(_ -> world.callIn(staying(time)))
            .collectList()
            .block(SOON));
  }

  @Test
  void aThousandWhoDoNotReadCostTheCallsNothingAndAreSentAway() throws Exception {
    RelayProcess relay = world.startRelay("CALLBRIDGE_REQUESTS_PER_MINUTE", "5000");
    List<SandboxCall> warming = callIn(10, Duration.ofSeconds(1));
    warming.forEach(line -> line.ended().block(SOON));
    long before = relay.heap();
    List<SandboxCall> lines = callIn(50, Duration.ofSeconds(75));
    for (SandboxCall line : lines) {
      World.eventually(
          () -> !world.row(line, "first_agent_audio_at").isEmpty(),
          SOON,
          "no agent on the line of " + line.timeline());
    }
    // Fifty calls that begin within seconds in a process that has just started are about something
    // else: what counts is what is lost from here on.
    double dropped = relay.gauge(DROPPED);
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        stalled.add(subscribe());
      }
      for (Socket socket : stalled) {
        awaitAnswer(socket);
      }
      long during = relay.heap();
      assertThat(lines).as("they are on").allMatch(line -> line.finalStatus() == null);
      lines.forEach(line -> line.ended().block(LATER));
      double then = relay.gauge(DROPPED);
      List<SandboxCall> late = callIn(5, Duration.ofSeconds(10));
      late.forEach(line -> line.ended().block(SOON));
      for (SandboxCall line : Stream.concat(lines.stream(), late.stream()).toList()) {
        world.awaitRow(line, "outcome", "COMPLETED", SOON);
      }
      long after = relay.heap();

      assertThat(then).as("frames of theirs that were dropped").isEqualTo(dropped);
      assertThat(Math.max(during, after) - before)
          .as("from %d MB to %d and %d", before >> 20, during >> 20, after >> 20)
          .isLessThan(50L << 20);
      World.eventually(
          () -> relay.gauge("callbridge_streams_open") == 0,
          SOON,
          "of those who do not read some are still connected");
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  private Socket subscribe() throws IOException {
    URI relay = world.url("/");
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1_024);
    socket.connect(new InetSocketAddress("127.0.0.1", relay.getPort()), 10_000);
    socket
        .getOutputStream()
        .write(
            """
            GET /api/v1/calls/stream HTTP/1.1\r
            Host: 127.0.0.1\r
            X-API-Key: %s\r
            \r
            """
                .formatted(World.API_KEY)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /// That it watches; of what comes then it reads nothing.
  private static void awaitAnswer(Socket socket) throws IOException {
    socket.setSoTimeout(40_000);
    byte[] status = socket.getInputStream().readNBytes(12);
    assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
  }
}
