package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
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
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/// The rules that no code may break, tried on the database itself.
@CallbridgeTest
final class SchemaTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  @Autowired private DatabaseClient database;
  @Autowired private CallStore calls;

  private final UUID id = UuidCreator.getTimeOrderedEpoch();

  @BeforeEach
  void thereIsACall() {
    calls.create(id, plan(), null).block(SOON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conversation_id = NULL",
        "agent_connected_at = NULL",
        "first_agent_audio_at = NULL"
      })
  void nothingIsCompletedWithoutProof(String missing) {
    sql(
        "UPDATE call SET conversation_id = 'c', agent_connected_at = now(),"
            + " first_agent_audio_at = now() WHERE id = :id");
    sql("UPDATE call SET " + missing + " WHERE id = :id");

    refuses(
        "UPDATE call SET state = 'ENDED', outcome = 'COMPLETED', ended_by = 'AGENT', reason = 'x',"
            + " ended_at = now() WHERE id = :id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state = 'ENDED'",
        "outcome = 'BUSY'",
        "state = 'ENDED', outcome = 'BUSY', reason = 'x', ended_at = now()",
        "state = 'ENDED', outcome = 'BUSY', ended_by = 'CARRIER', ended_at = now()",
        "state = 'ENDED', outcome = 'BUSY', ended_by = 'CARRIER', reason = 'x'",
        "state = 'RINGING', outcome = 'BUSY', ended_by = 'CARRIER', reason = 'x', ended_at = now()",
        "state = 'OVER'",
        "state = 'ENDED', outcome = 'FINE', ended_by = 'CARRIER', reason = 'x', ended_at = now()"
      })
  void aCallIsOverAltogetherOrNotAtAll(String change) {
    refuses("UPDATE call SET " + change + " WHERE id = :id");
  }

  @Test
  void aCallNeverGoesBack() {
    sql("UPDATE call SET state = 'ANSWERED' WHERE id = :id");

    refuses("UPDATE call SET state = 'RINGING' WHERE id = :id");
    refuses("UPDATE call SET state = 'CREATED' WHERE id = :id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "outcome = 'NO_ANSWER'",
        "ended_by = 'CALLER'",
        "reason = 'better'",
        "ended_at = ended_at + interval '1 second'",
        "outcome = NULL, ended_by = NULL, reason = NULL, ended_at = NULL, state = 'CONNECTED'"
      })
  void howACallEndedDoesNotChange(String change) {
    sql(
        "UPDATE call SET state = 'ENDED', outcome = 'BUSY', ended_by = 'CARRIER', reason = 'busy',"
            + " ended_at = now() WHERE id = :id");

    refuses("UPDATE call SET " + change + " WHERE id = :id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE call_event SET details = '{}' WHERE call_id = :id",
        "UPDATE call_event SET at = now() WHERE call_id = :id",
        "DELETE FROM call_event WHERE call_id = :id",
        "DELETE FROM call WHERE id = :id"
      })
  void evidenceStays(String change) {
    append(ringing());

    refuses(change);
    assertThat(calls.events(id).count().block(SOON)).isEqualTo(1);
  }

  @Test
  void evidenceThatComesAgainIsNotStoredAgain() {
    Call first = append(ringing());
    Call again = append(ringing());

    assertThat(again.truth()).isEqualTo(first.truth());
    assertThat(calls.events(id).count().block(SOON)).isEqualTo(1);
  }

  @Test
  void evidenceThatComesManyTimesAtOnceIsStoredOnce() {
    Flux.range(0, 20).flatMap(_ -> calls.append(ringing()), 10).blockLast(SOON);

    assertThat(calls.events(id).count().block(SOON)).isEqualTo(1);
  }

  @Test
  void evidenceOfACallThatIsNotKnownIsNoCall() {
    CallEvent stray =
        new CallEvent(
            UUID.randomUUID(), Kind.DTMF, Source.RELAY, "1", Instant.now(), Map.of("digit", "1"));

    StepVerifier.create(calls.append(stray)).expectComplete().verify(SOON);
  }

  @Test
  void laterEvidenceIsKeptBesideAnOutcome() {
    append(status("busy"));
    Call late = append(status("completed"));

    assertThat(late.truth().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(calls.events(id).count().block(SOON)).isEqualTo(2);
  }

  private static CallPlan plan() {
    return Plans.outbound();
  }

  private CallEvent ringing() {
    return status("ringing");
  }

  private CallEvent status(String status) {
    return new CallEvent(
        id,
        Kind.CARRIER_STATUS,
        Source.TWILIO,
        status,
        Instant.now(),
        Map.of("CallStatus", status));
  }

  private Call append(CallEvent event) {
    return Objects.requireNonNull(calls.append(event).block(SOON));
  }

  private void sql(String statement) {
    database.sql(statement).bind("id", id).then().block(SOON);
  }

  private void refuses(String statement) {
    StepVerifier.create(database.sql(statement).bind("id", id).then())
        .expectError(DataIntegrityViolationException.class)
        .verify(SOON);
  }
}
