package dev.callbridge.settling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.OpenCalls;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.elevenlabs.Rigging;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.twilio.TwilioCalls;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/// Calls whose end nobody tells.
@CallbridgeTest
final class SettlingTests {

  private static final Duration SOON = Callbridge.SOON;

  /// An instance that never was: its lease is as good as run out.
  private static final UUID GONE = UUID.randomUUID();

  private static final CallerScript BOOKS = CallerScript.answers().listens().says("booking");

  @Autowired private Callbridge callbridge;
  @Autowired private CallStore calls;
  @Autowired private OpenCalls open;
  @Autowired private Transcripts transcripts;
  @Autowired private TwilioCalls twilio;
  @Autowired private DatabaseClient database;

  @Test
  void aCallWithoutItsLastCallbackIsAskedAfterAtTheCarrier() {
    UUID id = call("+15550002019", Duration.ofSeconds(5));
    String sid = place("+15550002019");
    append(id, Kind.DIAL_ACCEPTED, Instant.now().minusSeconds(60), Map.of("CallSid", sid));

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(callbridge.events(id)).anyMatch(event -> event.kind() == Kind.SETTLED);
  }

  @Test
  void anUnconfirmedCallIsFoundAtTheCarrierAndNeverPlacedAgain() {
    UUID id = call("+15550002020", Duration.ofSeconds(5));
    assertThat(open.claimDial(id).block(SOON)).isTrue();
    String sid = place("+15550002020");
    append(id, Kind.DIAL_UNCONFIRMED, Instant.now(), Map.of("reason", "twilio_20503"));
    assertThat(callbridge.await(id, call -> call.truth().state() == CallState.UNCONFIRMED))
        .isNotNull();

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().twilioCallSid()).isEqualTo(sid);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(created("+15550002020")).isEqualTo(1);
  }

  @Test
  void whatTheCarrierDoesNotKnowAMinuteLaterWasNeverPlaced() {
    UUID id = call("+15550002399", Duration.ofSeconds(5));
    assertThat(open.claimDial(id).block(SOON)).isTrue();
    append(id, Kind.DIAL_UNCONFIRMED, Instant.now().minusSeconds(120), Map.of("reason", "timeout"));

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.FAILED_DIAL);
    assertThat(call.truth().reason()).isEqualTo("never_placed");
    assertThat(created("+15550002399")).isZero();
  }

  @Test
  void aCallWhoseDiallerDiedBeforeDiallingIsNotDialledByAnybody() {
    UUID id = call("+15550002398", Duration.ofSeconds(5));
    append(id, Kind.CREATED, Instant.now(), Map.of("instance", GONE.toString()));
    overdue(id);

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(call.truth().reason()).isEqualTo("not_dialled");
    assertThat(open.claimDial(id).block(SOON)).isFalse();
    assertThat(created("+15550002398")).isZero();
  }

  @Test
  void aCallWhoseDiallerDiedWhileDiallingIsLookedFor() {
    UUID id = call("+15550002397", Duration.ofSeconds(5));
    append(id, Kind.CREATED, Instant.now(), Map.of("instance", GONE.toString()));
    assertThat(open.claimDial(id).block(SOON)).isTrue();
    overdue(id);

    Call call = callbridge.await(id, it -> it.truth().state() == CallState.UNCONFIRMED);

    assertThat(call.truth().outcome()).isNull();
    assertThat(created("+15550002397")).isZero();
  }

  @Test
  void aSessionWhoseInstanceIsGoneIsInterruptedAndItsGhostSaysNoMore() {
    UUID id = call("+15550002396", Duration.ofSeconds(5));
    append(id, Kind.VOICE_WEBHOOK, Instant.now(), Map.of("CallSid", "CA" + "0".repeat(32)));
    Map<String, String> session = Map.of("session", "1", "instance", GONE.toString());
    append(id, Kind.MEDIA_CONNECTED, "1", session);
    append(id, Kind.AGENT_CONNECTED, "1", Map.of("session", "1", "conversationId", "conv_x"));
    append(id, Kind.FIRST_AGENT_AUDIO, "1", Map.of("session", "1"));
    append(id, Kind.CARRIER_STATUS, Instant.now(), Map.of("CallStatus", "completed"));
    assertThat(find(id).isOver()).isFalse();
    overdue(id);

    Call call = callbridge.await(id, Call::isOver);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.RELAY);
    assertThat(call.truth().reason()).isEqualTo("instance_lost");

    // It was only asleep, and now tells what it thinks happened.
    int known = callbridge.events(id).size();
    append(id, Kind.DTMF, "1:0", Map.of("session", "1", "digit", "5"));
    append(id, Kind.MEDIA_ENDED, "1", Map.of("session", "1", "ending", "AGENT_ENDED"));
    transcripts
        .put(id, new Turn(3, Turn.Role.AGENT, "late", "late", null, false, Instant.now()))
        .block(SOON);
    assertThat(callbridge.events(id)).hasSize(known);
    assertThat(callbridge.transcript(id)).isEmpty();
    assertThat(find(id)).isEqualTo(call);
    // What a new session of the call says counts.
    append(id, Kind.DTMF, "2:0", Map.of("session", "2", "digit", "5"));
    assertThat(callbridge.events(id)).hasSize(known + 1);
  }

  /// Its instance died between the goodbye and saying so.
  @Test
  @Tag("faults")
  void aLostConversationThatItsAgentEndedIsCompletedOnceItsPlatformSaysSo() {
    Rigging rigging = callbridge.elevenlabs().rigging();
    rigging.refuse(Rigging.Resource.CONVERSATION, 503, "unavailable");
    UUID id;
    try {
      id = lost(conversation(BOOKS));
      UUID lost = id;
      Callbridge.eventually(() -> tries(lost) >= 2, "it was not tried again");
      assertThat(find(id).isOver()).as("nobody has said how it ended").isFalse();
    } finally {
      rigging.mend();
    }
    overdue(id);

    Call call = callbridge.await(id, Call::isOver);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(call.truth().reason()).isEqualTo("end_call");
    assertThat(callbridge.events(id)).anyMatch(e -> e.kind() == Kind.CONVERSATION_FOUND);
  }

  @Test
  void aLostConversationThatWasCutOffStaysInterrupted() {
    UUID id = lost(conversation(CallerScript.answers().hears(Duration.ofSeconds(1)).hangsUp()));

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(callbridge.events(id)).anyMatch(e -> e.kind() == Kind.CONVERSATION_FOUND);
  }

  /// The agent of an instance that sleeps hears nobody, and takes its leave of nobody.
  @Tag("faults")
  @Test
  void aGoodbyeLongAfterTheLineWasDownIsNotHowItEnded() {
    UUID id = lost(conversation(BOOKS), Instant.now().minusSeconds(60));

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(call.truth().endedBy()).isNotEqualTo(EndedBy.AGENT);
  }

  @Test
  void aSessionWhoseInstanceLivesIsLeftAlone() {
    UUID id = call("+15550002395", Duration.ofSeconds(5));
    UUID alive =
        Objects.requireNonNull(
            database
                .sql("SELECT id FROM relay_instance WHERE lease_until > now() LIMIT 1")
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .one()
                .block(SOON));
    append(id, Kind.MEDIA_CONNECTED, "1", Map.of("session", "1", "instance", alive.toString()));

    assertThat(open.endLostSessions(id).block(SOON)).isNotNull();

    assertThat(callbridge.events(id)).noneMatch(event -> event.kind() == Kind.MEDIA_ENDED);
    append(id, Kind.MEDIA_ENDED, "1", Map.of("session", "1", "ending", "CALLER_HUNG_UP"));
    assertThat(find(id).isOver()).isTrue();
  }

  @Test
  void aLineThatIsUpWithoutItsInstanceIsTakenOver() {
    SandboxCall line =
        callbridge.callIn(CallerScript.answers().listens().staysSilentFor(SOON).hangsUp());
    Call first = callbridge.await(line, call -> call.truth().timings().firstAgentAudio() != null);
    UUID id = first.id();
    // As somebody writes who takes this instance for gone.
    append(
        id,
        Kind.MEDIA_ENDED,
        "1",
        Map.of("session", "1", "ending", "INTERRUPTED", "reason", OpenCalls.INSTANCE_LOST));
    overdue(id);

    String agent = first.truth().conversationId();
    callbridge.await(id, call -> !Objects.equals(agent, call.truth().conversationId()));
    line.hangUp();

    assertThat(callbridge.await(id, Call::isOver).truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(line.spoken()).containsExactly("One moment, please.");
  }

  @Test
  void anIdempotencyKeyIsKeptForADay() {
    var once = new CallStore.Idempotency("sandbox", UUID.randomUUID().toString(), new byte[32]);
    UUID id = call("+15550002390", Duration.ofSeconds(5), once);
    open.forget().block(SOON);
    assertThat(calls.findEarlier(once).block(SOON)).isNotNull();

    database
        .sql("UPDATE call SET created_at = now() - interval '24 hours 1 second' WHERE id = :id")
        .bind("id", id)
        .then()
        .block(SOON);
    open.forget().block(SOON);

    assertThat(calls.findEarlier(once).block(SOON)).isNull();
    UUID next = call("+15550002390", Duration.ofSeconds(5), once);
    assertThat(find(next).id()).isEqualTo(next);
    List.of(id, next).forEach(it -> append(it, Kind.REJECTED, "test", Map.of("reason", "test")));
  }

  @Test
  void ofManyAskersOneGetsACall() {
    List<UUID> ids =
        Flux.range(0, 5)
            .map(i -> call("+1555000239" + i, Duration.ofSeconds(5)))
            .collectList()
            .block();
    Objects.requireNonNull(ids).forEach(this::overdue);

    List<UUID> claimed =
        Objects.requireNonNull(
            Flux.range(0, 8)
                .flatMap(_ -> open.claimOverdue(64).map(Call::id), 8)
                .filter(ids::contains)
                .collectList()
                .block(SOON));

    assertThat(claimed).doesNotHaveDuplicates();
    ids.forEach(id -> append(id, Kind.REJECTED, "test", Map.of("reason", "test")));
  }

  /// A conversation that took place and is over.
  private String conversation(CallerScript caller) {
    Call call = callbridge.awaitOutcome(callbridge.callIn(caller));
    assertThat(callbridge.session(call).ended().block(SOON)).isNotNull();
    return Objects.requireNonNull(call.truth().conversationId());
  }

  /// A call that had that conversation, and whose instance did not live to say how it went.
  private UUID lost(String conversation) {
    return lost(conversation, Instant.now());
  }

  private UUID lost(String conversation, Instant down) {
    UUID id = call("+15550002394", Duration.ofSeconds(5));
    append(id, Kind.VOICE_WEBHOOK, Instant.now(), Map.of("CallStatus", "ringing"));
    append(id, Kind.MEDIA_CONNECTED, "1", Map.of("session", "1", "instance", GONE.toString()));
    append(id, Kind.AGENT_CONNECTED, "1", Map.of("session", "1", "conversationId", conversation));
    append(id, Kind.FIRST_AGENT_AUDIO, "1", Map.of("session", "1"));
    append(id, Kind.CARRIER_STATUS, down, Map.of("CallStatus", "completed"));
    overdue(id);
    return id;
  }

  private int tries(UUID id) {
    return Objects.requireNonNull(
        database
            .sql("SELECT settle_tries FROM call WHERE id = :id")
            .bind("id", id)
            .map(row -> Objects.requireNonNull(row.get(0, Integer.class)))
            .one()
            .block(SOON));
  }

  private UUID call(String to, Duration ringTimeout) {
    return call(to, ringTimeout, null);
  }

  private UUID call(String to, Duration ringTimeout, CallStore.@Nullable Idempotency once) {
    UUID id = Call.newId();
    CallPlan plan =
        new CallPlan(
            Direction.OUTBOUND,
            "default",
            Objects.requireNonNull(callbridge.settings().phoneNumber()),
            to,
            Map.of(),
            null,
            null,
            null,
            false,
            ringTimeout,
            Duration.ofMinutes(5),
            Map.of());
    calls.create(id, plan, once).block(SOON);
    return id;
  }

  /// A call that the carrier has and that we were never told of.
  private String place(String to) {
    URI nowhere = callbridge.settings().webhook("/twilio/voice/fallback");
    return Objects.requireNonNull(
        twilio
            .create(
                new TwilioCalls.Create(
                    to,
                    Objects.requireNonNull(callbridge.settings().phoneNumber()),
                    nowhere,
                    nowhere,
                    nowhere,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    null))
            .onErrorResume(_ ->
                Flux.defer(() -> Flux.fromIterable(callbridge.twilio().calls()))
                    .filter(call -> call.to().equals(to))
                    .map(call -> call.callSid())
                    .last())
            .block(SOON));
  }

  private long created(String to) {
    return callbridge.twilio().calls().stream().filter(call -> call.to().equals(to)).count();
  }

  private void overdue(UUID id) {
    database
        .sql("UPDATE call SET settle_after = now() - interval '1 s' WHERE id = :id")
        .bind("id", id)
        .then()
        .block(SOON);
  }

  private Call find(UUID id) {
    return Objects.requireNonNull(calls.find(id).block(SOON));
  }

  private void append(UUID id, Kind kind, Instant at, Map<String, String> details) {
    calls.append(new CallEvent(id, kind, Source.TWILIO, "test", at, details)).block(SOON);
  }

  private void append(UUID id, Kind kind, String key, Map<String, String> details) {
    calls.append(new CallEvent(id, kind, Source.RELAY, key, Instant.now(), details)).block(SOON);
  }
}
