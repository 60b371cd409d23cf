package dev.callbridge.telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// A real call, exported to a collector over HTTP.
@CallbridgeTest
final class CallTracesTests {

  private static final String ASKER = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final List<String> exported = new CopyOnWriteArrayList<>();
  private final HttpServer collector;

  @Autowired private Callbridge callbridge;

  CallTracesTests() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void collect() {
    collector.createContext(
        "/v1/traces",
        request -> {
          exported.add(new String(request.getRequestBody().readAllBytes(), ISO_8859_1));
          request.sendResponseHeaders(200, -1);
          request.close();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  @Test
  void aCallIsOneTraceUnderItsOwnId() {
    SandboxCall line =
        callbridge.callIn(CallerScript.answers().hears(Duration.ofSeconds(1)).hangsUp());
    Call call = callbridge.awaitOutcome(line);

    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    OpenTelemetry telemetry = new Tracing().openTelemetry(new Tracing.Settings(endpoint));
    List<CallEvent> evidence = new ArrayList<>(callbridge.events(call.id()));
    evidence.add(asked(call, "00-" + ASKER + "-00f067aa0ba902b7-01"));
    evidence.add(asked(call, "no-trace-at-all"));
    new CallTraces(telemetry).ended(call, evidence);
    ((OpenTelemetrySdk) telemetry).close();

    byte[] id = HexFormat.of().parseHex(call.id().toString().replace("-", ""));
    assertThat(exported).hasSize(1);
    assertThat(exported.getFirst())
        .contains(new String(id, ISO_8859_1))
        .contains(new String(HexFormat.of().parseHex(ASKER), ISO_8859_1))
        .contains("agent", "first_audio", "conversation", "COMPLETED", "MEDIA_CONNECTED")
        .doesNotContain("+15550009999", "5550009999");
  }

  private static CallEvent asked(Call call, String trace) {
    Map<String, String> details = Map.of(CallEvent.TRACE, trace);
    return new CallEvent(call.id(), Kind.CREATED, Source.API, trace, call.created(), details);
  }

  @Test
  void withoutACollectorNothingIsSent() {
    OpenTelemetry telemetry = new Tracing().openTelemetry(new Tracing.Settings(""));
    ((OpenTelemetrySdk) telemetry).close();

    assertThat(exported).isEmpty();
  }
}
