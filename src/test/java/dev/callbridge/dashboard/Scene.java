package dev.callbridge.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// An afternoon at Callbridge, for pages to show: calls that are on, calls that were, tables.
final class Scene {

  static final String TRATTORIA = "01990f6e-5b0a-7000-8000-000000000001";

  private final Callbridge callbridge;
  private final HttpClient http = HttpClient.newHttpClient();

  Scene(Callbridge callbridge) {
    this.callbridge = callbridge;
  }

  /// Somebody rings in from that number.
  SandboxCall ring(String from, CallerScript script, String query) {
    return callbridge
        .twilio()
        .callIn(
            new InboundCall(
                callbridge.settings().webhook("/twilio/voice?" + query),
                from,
                Objects.requireNonNull(callbridge.settings().phoneNumber()),
                script,
                callbridge.settings().webhook("/twilio/status")));
  }

  /// What there is to see of calls that are over, and of tables.
  ///
  /// @return the call that had a conversation
  Call past() {
    var spoken =
        ring(
            "+15550163372",
            CallerScript.answers().listens().says("booking"),
            "name=John&assistant=own");
    var unlucky = ring("+15550149930", CallerScript.answers(), "assistant=silent");
    post("/api/v1/calls", "{'to':'+15550002001'}");
    post("/api/v1/calls", "{'to':'+15550002000','variables':{'name':'Maria'}}");
    var day = LocalDate.now().plusDays(2);
    post(
        "/api/v1/reservations",
        """
        {'restaurantId':'%s','startsAt':'%sT19:00','partySize':2,'guestName':'Ann Example','guestPhone':'+15550163372'}
        """
            .formatted(TRATTORIA, day));
    post(
        "/api/v1/reservation-requests",
        """
        {'restaurantName':'Chez Nous','restaurantPhone':'+15550002018','timeZone':'Europe/Paris','guestName':'John Smith','partySize':4,
         'wantedAt':'%sT19:00','earliest':'%sT18:30','latest':'%sT20:00'}
        """
            .formatted(day, day, day));
    callbridge.awaitOutcome(unlucky);
    return callbridge.awaitOutcome(spoken);
  }

  /// Calls that are on until they are hung up; the first of them is of the agent that waits.
  List<SandboxCall> present() {
    var patient = CallerScript.answers().staysSilentFor(Callbridge.CALL);
    var talkative =
        CallerScript.answers()
            .hears(Duration.ofSeconds(1))
            .says("booking")
            .staysSilentFor(Callbridge.CALL);
    var calls =
        List.of(
            ring("+15550163372", patient, "name=John"),
            ring("+15550149930", talkative, "name=Ada"));
    post("/api/v1/calls", "{'to':'+15550002002'}");
    return calls;
  }

  /// @param body with ' for "
  private void post(String path, String body) {
    var request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
            .timeout(Callbridge.SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
