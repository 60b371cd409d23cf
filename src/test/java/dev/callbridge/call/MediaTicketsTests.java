package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@CallbridgeTest
final class MediaTicketsTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  @Autowired private MediaTickets tickets;
  @Autowired private CallStore calls;
  @Autowired private DatabaseClient database;

  private final UUID id = UuidCreator.getTimeOrderedEpoch();

  @BeforeEach
  void thereIsACall() {
    CallPlan plan = Plans.inbound();
    calls.create(id, plan, null).block(SOON);
  }

  @Test
  void aTicketIsGoodForItsCallOnce() {
    String token = issue();

    StepVerifier.create(tickets.redeem(token, Carrier.RELAY))
        .assertNext(redeemed -> {
          assertThat(redeemed.call().id()).isEqualTo(id);
          assertThat(redeemed.sessions()).isZero();
        })
        .expectComplete()
        .verify(SOON);
    StepVerifier.create(tickets.redeem(token, Carrier.RELAY)).expectComplete().verify(SOON);
  }

  @Test
  void ofManyAtOnceOneIsLetIn() {
    String token = issue();

    StepVerifier.create(
            Flux.range(0, 20).flatMap(_ -> tickets.redeem(token, Carrier.RELAY), 8).count())
        .expectNext(1L)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void ticketsAreDifferentAndFitForAPath() {
    assertThat(issue()).matches("[0-9a-f]{32}").isNotEqualTo(issue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "00000000000000000000000000000000", "' OR 1=1 --", "../x"})
  void whatWasNeverIssuedIsWorthNothing(String token) {
    StepVerifier.create(tickets.redeem(token, Carrier.RELAY)).expectComplete().verify(SOON);
  }

  @Test
  void anExpiredTicketIsWorthNothing() {
    String token = issue();
    database
        .sql("UPDATE media_ticket SET expires_at = now() - interval '1 ms' WHERE call_id = :id")
        .bind("id", id)
        .then()
        .block(SOON);

    StepVerifier.create(tickets.redeem(token, Carrier.RELAY)).expectComplete().verify(SOON);
  }

  @Test
  void aCallThatIsOverIsNotGoneInto() {
    String token = issue();
    calls
        .append(
            new CallEvent(
                id,
                Kind.CARRIER_STATUS,
                Source.TWILIO,
                "canceled",
                Instant.now(),
                Map.of("CallStatus", "canceled")))
        .block(SOON);

    StepVerifier.create(tickets.redeem(token, Carrier.RELAY)).expectComplete().verify(SOON);
  }

  @Test
  void whatIsStoredCannotBeUsed() {
    String token = issue();
    byte[] stored =
        Objects.requireNonNull(
            database
                .sql("SELECT token_hash FROM media_ticket WHERE call_id = :id")
                .bind("id", id)
                .map(row -> Objects.requireNonNull(row.get("token_hash", byte[].class)))
                .one()
                .block(SOON));

    assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain(token);
    assertThat(stored).hasSize(32);
  }

  @Test
  void itIsKnownWhetherACallEverHadATicket() {
    StepVerifier.create(tickets.wereIssued(id)).expectNext(false).expectComplete().verify(SOON);
    issue();
    StepVerifier.create(tickets.wereIssued(id)).expectNext(true).expectComplete().verify(SOON);
  }

  private String issue() {
    return Objects.requireNonNull(tickets.issue(id).block(SOON));
  }
}
