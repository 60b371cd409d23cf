package dev.callbridge.bridge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;

/// Who may open a media socket: the one that was sent the ticket, once, in time, for that call.
@CallbridgeTest
final class TicketTests {

  private static final int RACES = 100;

  @Autowired private Callbridge callbridge;
  @Autowired private CallStore calls;
  @Autowired private DatabaseClient database;

  private int sessionsBefore;

  @BeforeEach
  void countSessions() {
    callbridge.assertNothingLeft();
    sessionsBefore = callbridge.elevenlabs().sessions().size();
  }

  @AfterEach
  void nothingIsLeft() {
    callbridge.assertNothingLeft();
  }

  @Test
  void ticketOpensOneSocketAndNoSecond() {
    try (RawCaller caller = caller();
        RawCaller thief = caller()) {
      URI url = caller.ring("");

      assertThat(caller.dial(url)).isEqualTo(101);
      assertThat(thief.dial(url)).isEqualTo(403);
    }
    assertNoAgent();
  }

  @Test
  void ticketExpires() {
    try (RawCaller caller = caller()) {
      URI url = caller.ring("");
      database
          .sql("UPDATE media_ticket SET expires_at = now() WHERE call_id = :call")
          .bind("call", stored(caller).id())
          .then()
          .block(Callbridge.SOON);

      assertThat(caller.dial(url)).isEqualTo(403);
    }
    assertNoAgent();
  }

  @Test
  void ticketWithOneBitFlippedIsNone() {
    try (RawCaller caller = caller()) {
      String url = caller.ring("").toString();
      int last = Character.digit(url.charAt(url.length() - 1), 16);
      String flipped = url.substring(0, url.length() - 1) + Character.forDigit(last ^ 1, 16);

      assertThat(caller.dial(URI.create(flipped))).isEqualTo(403);
      assertThat(caller.dial(URI.create(url))).isEqualTo(101);
    }
    assertNoAgent();
  }

  @Test
  void ticketOfAFinishedCallIsNone() {
    try (RawCaller caller = caller()) {
      URI url = caller.ring("");
      caller.complete();
      callbridge.await(stored(caller).id(), Call::isOver);

      assertThat(caller.dial(url)).isEqualTo(403);
    }
    assertNoAgent();
  }

  @Test
  void streamThatNamesAnotherCallIsClosedBeforeAnyAgentIsRung() {
    try (RawCaller caller = caller();
        RawCaller other = caller()) {
      other.ring("");
      assertThat(caller.dial(caller.ring(""))).isEqualTo(101);

      caller.connected().start(caller.streamSid(), other.callSid());

      assertThat(caller.closeCode()).isEqualTo(1008);
    }
    assertNoAgent();
  }

  @Test
  void upgradeWithoutTwiliosSignatureIsRefusedAndSparesTheTicket() {
    try (RawCaller caller = caller()) {
      URI url = caller.ring("");
      String signature = caller.sign(url.toString());
      String elsewhere = caller.sign(url + "x");

      assertThat(refusal(caller, url, Map.of())).isEqualTo(403);
      assertThat(refusal(caller, url, Map.of("X-Twilio-Signature", elsewhere))).isEqualTo(403);
      assertThat(
              refusal(
                  caller,
                  url,
                  Map.of("X-Twilio-Signature", signature, "Origin", "https://example.com")))
          .isEqualTo(403);
      assertThat(caller.dial(url)).isEqualTo(101);
    }
    assertNoAgent();
  }

  @Test
  void ofTwoSocketsRacingForATicketOneWins() {
    for (int race = 0; race < RACES; race++) {
      try (RawCaller one = caller();
          RawCaller two = caller()) {
        URI url = one.ring("");
        List<CompletableFuture<Integer>> dialled = List.of(one.dialing(url), two.dialing(url));

        assertThat(dialled)
            .extracting(status -> status.orTimeout(15, SECONDS).join())
            .as("race %d", race)
            .containsExactlyInAnyOrder(101, 403);
      }
    }
    assertNoAgent();
  }

  private RawCaller caller() {
    return RawCaller.of(callbridge.settings(), "+15550002000");
  }

  private Call stored(RawCaller caller) {
    return Objects.requireNonNull(calls.findByTwilioSid(caller.callSid()).block(Callbridge.SOON));
  }

  private static int refusal(RawCaller caller, URI url, Map<String, String> headers) {
    return caller.dialing(url, headers).orTimeout(15, SECONDS).join();
  }

  private void assertNoAgent() {
    assertThat(callbridge.elevenlabs().sessions()).hasSize(sessionsBefore);
  }
}
