package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class CallTruthTests {

  private static final UUID ID = new UUID(0, 1);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "CALLER_HUNG_UP,    true,  true,  COMPLETED,         CALLER",
    "CALLER_HUNG_UP,    true,  false, CALLER_ABANDONED,  CALLER",
    "CALLER_HUNG_UP,    false, false, CALLER_ABANDONED,  CALLER",
    "AGENT_ENDED,       true,  true,  COMPLETED,         AGENT",
    "AGENT_ENDED,       true,  false, AGENT_LOST,        RELAY",
    "AGENT_ENDED,       false, false, AGENT_LOST,        RELAY",
    "LIMIT_REACHED,     true,  true,  COMPLETED,         LIMIT",
    "LIMIT_REACHED,     true,  false, CALLER_ABANDONED,  LIMIT",
    "LIMIT_REACHED,     false, false, CALLER_ABANDONED,  LIMIT",
    "AGENT_UNREACHABLE, false, false, AGENT_UNREACHABLE, RELAY",
    "AGENT_UNREACHABLE, true,  true,  AGENT_LOST,        RELAY",
    "AGENT_LOST,        true,  false, AGENT_LOST,        RELAY",
    "AGENT_LOST,        true,  true,  AGENT_LOST,        RELAY",
    "LINE_LOST,         true,  true,  COMPLETED,         CARRIER",
    "LINE_LOST,         true,  false, CALLER_ABANDONED,  CARRIER",
    "LINE_LOST,         false, false, CALLER_ABANDONED,  CARRIER",
    "LINE_REFUSED,      true,  true,  COMPLETED,         RELAY",
    "LINE_REFUSED,      false, false, CALLER_ABANDONED,  RELAY",
    "INTERRUPTED,       true,  true,  INTERRUPTED,       RELAY",
    "INTERRUPTED,       false, false, INTERRUPTED,       RELAY",
  })
  void anEndingCountsForWhatTheEvidenceIs(
      Ending ending, boolean connected, boolean spoke, Outcome outcome, EndedBy by) {
    List<CallEvent> events = new ArrayList<>(inbound());
    if (connected) {
      events.add(event(AGENT_CONNECTED, "1", "conversationId", "conv_1"));
    }
    if (spoke) {
      events.add(event(FIRST_AGENT_AUDIO, "1"));
    }
    events.add(event(MEDIA_ENDED, "1", "session", "1", "ending", ending.name(), "reason", "why"));
    events.add(event(CARRIER_STATUS, "completed", "CallStatus", "completed"));
    if (!ending.isDeliberate()) {
      assertThat(truth(events).outcome()).as("what the line was told is owed").isNull();
      events.add(event(AFTER_STREAM, "1", "decision", "HANG_UP", "session", "1"));
    }

    CallTruth truth = truth(events);

    assertThat(truth.state()).isEqualTo(CallState.ENDED);
    assertThat(truth.outcome()).isEqualTo(outcome);
    assertThat(truth.endedBy()).isEqualTo(by);
    assertThat(truth.timings().ended()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "conv_1, AGENT, true,  COMPLETED,   AGENT",
    "conv_1, AGENT, false, INTERRUPTED, RELAY",
    "conv_1, '',    true,  INTERRUPTED, RELAY",
    "conv_0, AGENT, true,  INTERRUPTED, RELAY"
  })
  void aLostSessionIsCompletedOnlyWhereTheAgentIsKnownToHaveEndedWhatWasHeard(
      String conversation, String ended, boolean spoke, Outcome outcome, EndedBy by) {
    List<CallEvent> events = new ArrayList<>(inbound());
    events.add(event(AGENT_CONNECTED, "1", "session", "1", "conversationId", "conv_1"));
    if (spoke) {
      events.add(event(FIRST_AGENT_AUDIO, "1"));
    }
    events.add(event(MEDIA_ENDED, "1", "session", "1", "reason", "instance_lost"));
    events.add(event(CARRIER_STATUS, "completed", "CallStatus", "completed"));
    events.add(event(CONVERSATION_FOUND, "1", "conversation", conversation, "by", ended));
    assertThat(truth(events).outcome()).isNull();
    events.add(event(SETTLED, "settling", "CallStatus", "completed"));

    assertThat(truth(events).outcome()).isEqualTo(outcome);
    assertThat(truth(events).endedBy()).isEqualTo(by);
  }

  @ParameterizedTest
  @CsvSource({"by, OPERATOR", "target, AGENT"})
  void aTransferIsTheDoingOfWhomItWasAskedBy(String detail, EndedBy by) {
    List<CallEvent> events = new ArrayList<>(inbound());
    events.add(event(AGENT_CONNECTED, "1", "conversationId", "conv_1"));
    events.add(event(FIRST_AGENT_AUDIO, "1"));
    events.add(event(TRANSFER, "1", detail, "somebody"));
    events.add(event(MEDIA_ENDED, "1", "session", "1", "ending", "TRANSFERRED"));
    events.add(event(AFTER_STREAM, "1", "decision", "HANG_UP", "session", "1"));

    assertThat(truth(events).endedBy()).isEqualTo(by);
  }

  @ParameterizedTest
  @CsvSource({
    "busy,      BUSY,        CARRIER, busy",
    "no-answer, NO_ANSWER,   CARRIER, no_answer",
    "canceled,  CANCELED,    CARRIER, canceled",
    "failed,    FAILED_DIAL, CARRIER, failed"
  })
  void aCallThatNobodySpokeInEndsAsTheCarrierSays(
      String status, Outcome outcome, EndedBy by, String reason) {
    CallTruth truth =
        truth(
            List.of(
                event(CREATED, "c"),
                event(DIAL_ACCEPTED, "create", "CallSid", "CA1"),
                event(CARRIER_STATUS, status, "CallStatus", status)));

    assertThat(truth.outcome()).isEqualTo(outcome);
    assertThat(truth.endedBy()).isEqualTo(by);
    assertThat(truth.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "VOICE_WEBHOOK, CALLER_ABANDONED,  CALLER, before_the_stream",
    "STREAM_STATUS, AGENT_UNREACHABLE, RELAY,  no_stream",
    "DIAL_ACCEPTED, AGENT_UNREACHABLE, RELAY,  no_webhook"
  })
  void anAnsweredCallWithoutMediaIsJudgedOnceNothingMoreIsWaitedFor(
      Kind known, Outcome outcome, EndedBy by, String reason) {
    List<CallEvent> events = new ArrayList<>();
    events.add(event(known, "k", "CallSid", "CA1", "StreamEvent", "stream-error"));
    events.add(event(CARRIER_STATUS, "completed", "CallStatus", "completed"));
    assertThat(truth(events).outcome()).isNull();

    events.add(event(SETTLED, "settling", "reason", "quiet"));

    assertThat(truth(events).outcome()).isEqualTo(outcome);
    assertThat(truth(events).endedBy()).isEqualTo(by);
    assertThat(truth(events).reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"not_dialled, INTERRUPTED, RELAY", "never_placed, FAILED_DIAL, CARRIER"})
  void aCallThatTheCarrierNeverHadIsSettledByWhatIsKnown(
      String reason, Outcome outcome, EndedBy by) {
    CallTruth truth = truth(List.of(event(CREATED, "c"), event(SETTLED, "s", "reason", reason)));

    assertThat(truth.outcome()).isEqualTo(outcome);
    assertThat(truth.endedBy()).isEqualTo(by);
    assertThat(truth.reason()).isEqualTo(reason);
  }

  @Test
  void whatIsOverStaysAsItEndedAndOnlyWhatIsBesideItGrows() {
    List<CallEvent> events = new ArrayList<>(inbound());
    events.add(event(MEDIA_ENDED, "1", "session", "1", "ending", "CALLER_HUNG_UP"));
    CallTruth over = truth(events);
    assertThat(over.outcome()).isEqualTo(Outcome.CALLER_ABANDONED);

    events.add(event(AGENT_CONNECTED, "1", "conversationId", "conv_1"));
    events.add(event(FIRST_AGENT_AUDIO, "1"));
    events.add(event(CARRIER_STATUS, "busy", "CallStatus", "busy"));
    events.add(event(MACHINE_DETECTION, "human", "AnsweredBy", "human"));
    CallTruth later = over.with(events);

    assertThat(later.outcome()).isEqualTo(over.outcome());
    assertThat(later.endedBy()).isEqualTo(over.endedBy());
    assertThat(later.reason()).isEqualTo(over.reason());
    assertThat(later.timings().ended()).isEqualTo(over.timings().ended());
    assertThat(later.answeredBy()).isEqualTo("HUMAN");
    assertThat(later.conversationId()).isEqualTo("conv_1");
  }

  @Test
  void aStateIsAsFarAsTheEvidenceGoes() {
    List<CallEvent> events = new ArrayList<>();
    List<Map.Entry<CallEvent, CallState>> way =
        List.of(
            Map.entry(event(CREATED, "c"), CallState.CREATED),
            Map.entry(event(DIAL_UNCONFIRMED, "create"), CallState.UNCONFIRMED),
            Map.entry(event(DIAL_ACCEPTED, "create", "CallSid", "CA1"), CallState.DIALING),
            Map.entry(event(CARRIER_STATUS, "ringing", "CallStatus", "ringing"), CallState.RINGING),
            Map.entry(
                event(CARRIER_STATUS, "in-progress", "CallStatus", "in-progress"),
                CallState.ANSWERED),
            Map.entry(event(MEDIA_CONNECTED, "1", "session", "1"), CallState.ANSWERED),
            Map.entry(
                event(AGENT_CONNECTED, "1", "conversationId", "conv_1"), CallState.CONNECTED));
    way.forEach(step -> {
      events.add(step.getKey());
      assertThat(truth(events).state()).isEqualTo(step.getValue());
      assertThat(truth(events).outcome()).isNull();
    });
  }

  @Test
  void aMachineIsAVoicemailWhateverWasSaid() {
    List<CallEvent> events = new ArrayList<>(conversation());
    events.add(event(MACHINE_DETECTION, "machine_start", "AnsweredBy", "machine_start"));

    assertThat(truth(events).outcome()).isEqualTo(Outcome.VOICEMAIL);
    assertThat(truth(events).answeredBy()).isEqualTo("MACHINE");
  }

  @ParameterizedTest
  @CsvSource({
    "human,            '',                  HUMAN",
    "human,            BEEP,                HUMAN",
    "human,            VOICEMAIL,           HUMAN",
    "human,            SILENCE,             HUMAN",
    "human,            BEEP+VOICEMAIL,      MACHINE",
    "human,            CALL_SCREENING,      CALL_SCREENING",
    "human,            IVR,                 IVR",
    "machine_start,    '',                  MACHINE",
    "machine_end_beep, SILENCE,             MACHINE",
    "machine_start,    CALL_SCREENING+BEEP, CALL_SCREENING",
    "fax,              BEEP,                FAX",
    "unknown,          '',                  UNKNOWN",
    "something_new,    '',                  UNKNOWN",
    "unknown,          SILENCE+NO_BEEP,     SILENCE",
    "unknown,          BEEP,                MACHINE",
    ",                 VOICEMAIL+NO_BEEP,   MACHINE",
    ",                 BEEP,                MACHINE",
    ",                 SILENCE,             SILENCE",
    ",                 NO_BEEP,             ",
    ",                 '',                  "
  })
  void whoAnsweredFollowsFromTheCarrierAndWhatWasHeard(
      @Nullable String carrier, String heard, @Nullable String answeredBy) {
    List<CallEvent> events = new ArrayList<>();
    for (String what : heard.isEmpty() ? new String[0] : heard.split("\\+")) {
      events.add(event(HEARD, what, "what", what));
    }
    if (carrier != null) {
      events.add(event(MACHINE_DETECTION, carrier, "AnsweredBy", carrier));
    }
    assertThat(truth(events).answeredBy()).isEqualTo(answeredBy);
    Collections.reverse(events);
    assertThat(truth(events).answeredBy()).isEqualTo(answeredBy);
  }

  @Test
  void whatWasTreatedAsAMachineIsAVoicemailByUs() {
    List<CallEvent> events = new ArrayList<>(conversation());
    events.add(event(MACHINE_DETECTION, "human", "AnsweredBy", "human"));
    events.add(event(MACHINE_ACTION, "m", "action", "hang_up", "policy", "HANG_UP"));

    assertThat(truth(events).outcome()).isEqualTo(Outcome.VOICEMAIL);
    assertThat(truth(events).endedBy()).isEqualTo(EndedBy.RELAY);
    assertThat(truth(events).reason()).isEqualTo("machine");
  }

  @Test
  void aMessageIsLeftOnceItWasSpokenToItsEnd() {
    List<CallEvent> events = new ArrayList<>(conversation());
    events.add(event(MACHINE_ACTION, "m", "action", "leave_message", "policy", "LEAVE_MESSAGE"));
    assertThat(truth(events).outcome()).as("how far it got is owed").isNull();

    List<CallEvent> left = new ArrayList<>(events);
    left.add(event(MACHINE_ACTED, "left", "result", "left"));
    assertThat(truth(left).reason()).isEqualTo("message_left");

    events.add(event(SETTLED, "s", "reason", "quiet"));
    assertThat(truth(events).outcome()).isEqualTo(Outcome.VOICEMAIL);
    assertThat(truth(events).reason()).isEqualTo("message_not_left");
  }

  @Test
  void aSessionThatIsOpenKeepsTheCallOpen() {
    List<CallEvent> events = new ArrayList<>(conversation());
    events.add(event(MEDIA_CONNECTED, "2", "session", "2"));

    assertThat(truth(events).state()).isEqualTo(CallState.CONNECTED);
    assertThat(truth(events).outcome()).isNull();
  }

  @Test
  void whatBecameOfAnEarlierSessionIsMended() {
    List<CallEvent> events = new ArrayList<>(inbound());
    events.add(event(MEDIA_ENDED, "1", "session", "1", "ending", "AGENT_UNREACHABLE"));
    events.add(event(AFTER_STREAM, "1", "decision", "RECONNECT"));
    assertThat(truth(events).outcome()).isNull();
    events.add(event(MEDIA_CONNECTED, "2", "session", "2"));
    events.add(event(AGENT_CONNECTED, "2", "conversationId", "conv_2"));
    events.add(event(FIRST_AGENT_AUDIO, "2"));
    events.add(event(MEDIA_ENDED, "2", "session", "2", "ending", "AGENT_ENDED"));

    assertThat(truth(events).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void theOperatorEndsWhatTheOperatorAskedToEnd() {
    List<CallEvent> events = new ArrayList<>(inbound());
    events.add(event(AGENT_CONNECTED, "1", "conversationId", "conv_1"));
    events.add(event(FIRST_AGENT_AUDIO, "1"));
    events.add(event(HANG_UP_REQUESTED, "h"));
    events.add(event(MEDIA_ENDED, "1", "session", "1", "ending", "CALLER_HUNG_UP"));

    assertThat(truth(events).endedBy()).isEqualTo(EndedBy.OPERATOR);
    assertThat(truth(events).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void neitherOrderNorRepetitionMakesADifference() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<CallEvent> calm = conversation();
    CallTruth expected = truth(calm);
    for (int i = 0; i < 500; i++) {
      List<CallEvent> mixed = new ArrayList<>(calm);
      for (int again = random.nextInt(6); again > 0; again--) {
        mixed.add(calm.get(random.nextInt(calm.size())));
      }
      Collections.shuffle(mixed, random);
      assertThat(truth(mixed)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void whenEachEventWasReceivedMakesNoDifferenceToTheOutcome() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    CallTruth expected = truth(conversation());
    for (int i = 0; i < 500; i++) {
      List<CallEvent> mixed = new ArrayList<>(conversation());
      Collections.shuffle(mixed, random);
      CallTruth late = truth(received(mixed));
      assertThat(late.outcome()).as("seed %d", seed).isEqualTo(expected.outcome());
      assertThat(late.endedBy()).as("seed %d", seed).isEqualTo(expected.endedBy());
      assertThat(late.reason()).as("seed %d", seed).isEqualTo(expected.reason());
      assertThat(late.twilioCallSid()).as("seed %d", seed).isEqualTo(expected.twilioCallSid());
    }
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void nothingIsCompletedWithoutTheAgentsThreeProofs(Ending ending) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<CallEvent> pool = new ArrayList<>(conversation());
    pool.add(event(MEDIA_ENDED, "2", "session", "2", "ending", ending.name()));
    pool.add(event(MEDIA_ENDED, "3", "session", "3", "ending", ending.name(), "final", "true"));
    pool.add(event(AGENT_CONNECTED, "2"));
    pool.add(event(AGENT_CONNECTED, "3", "conversationId", ""));
    pool.add(event(AFTER_STREAM, "1", "decision", "HANG_UP"));
    pool.add(event(HANG_UP_REQUESTED, "h"));
    for (int i = 0; i < 2_000; i++) {
      List<CallEvent> some = pool.stream().filter(_ -> random.nextBoolean()).toList();
      CallTruth truth = truth(some);
      if (truth.outcome() == Outcome.COMPLETED) {
        assertThat(truth.conversationId()).as("seed %d: %s", seed, some).isNotEmpty();
        assertThat(truth.timings().agentConnected()).as("seed %d", seed).isNotNull();
        assertThat(truth.timings().firstAgentAudio()).as("seed %d", seed).isNotNull();
      }
      assertThat(truth.outcome() == null)
          .as("seed %d", seed)
          .isEqualTo(truth.state() != CallState.ENDED);
      assertThat(Stream.of(truth.endedBy(), truth.reason(), truth.timings().ended()))
          .as("seed %d", seed)
          .allMatch(value -> (value == null) == (truth.outcome() == null));
    }
  }

  private static CallTruth truth(List<CallEvent> events) {
    return CallTruth.of(events);
  }

  private static List<CallEvent> inbound() {
    return List.of(
        event(VOICE_WEBHOOK, "CA1:ringing", "CallSid", "CA1", "CallStatus", "ringing"),
        event(TWIML_SENT, "t"),
        event(MEDIA_CONNECTED, "1", "session", "1", "CallSid", "CA1"),
        event(AGENT_CONNECTING, "1"));
  }

  /// A call with everything in it, its events as they come on a calm day.
  private static List<CallEvent> conversation() {
    List<CallEvent> events =
        new ArrayList<>(
            List.of(
                event(CREATED, "c"),
                event(DIAL_ACCEPTED, "create", "CallSid", "CA1"),
                event(CARRIER_STATUS, "initiated", "CallStatus", "initiated", "CallSid", "CA1"),
                event(CARRIER_STATUS, "ringing", "CallStatus", "ringing", "CallSid", "CA1"),
                event(CARRIER_STATUS, "in-progress", "CallStatus", "in-progress")));
    events.addAll(inbound());
    events.add(event(STREAM_STATUS, "MZ1:stream-started", "StreamEvent", "stream-started"));
    events.add(event(AGENT_CONNECTED, "1", "conversationId", "conv_1"));
    events.add(event(FIRST_AGENT_AUDIO, "1"));
    events.add(event(DTMF, "1:0", "digit", "1"));
    events.add(
        event(MEDIA_ENDED, "1", "session", "1", "ending", "AGENT_ENDED", "reason", "end_call"));
    events.add(event(AFTER_STREAM, "1", "decision", "HANG_UP"));
    events.add(event(STREAM_STATUS, "MZ1:stream-stopped", "StreamEvent", "stream-stopped"));
    events.add(event(CARRIER_STATUS, "completed", "CallStatus", "completed", "CallSid", "CA1"));
    return received(events);
  }

  /// The same events, received one second apart in this order.
  private static List<CallEvent> received(List<CallEvent> events) {
    List<CallEvent> stamped = new ArrayList<>();
    for (CallEvent e : events) {
      Instant at = BEGIN.plusSeconds(stamped.size());
      stamped.add(new CallEvent(ID, e.kind(), e.source(), e.key(), at, e.details()));
    }
    return stamped;
  }

  private static CallEvent event(Kind kind, String key, String... details) {
    Map<String, String> map =
        switch (details.length) {
          case 0 -> Map.of();
          case 2 -> Map.of(details[0], details[1]);
          case 4 -> Map.of(details[0], details[1], details[2], details[3]);
          default -> Map.of(details[0], details[1], details[2], details[3], details[4], details[5]);
        };
    return new CallEvent(ID, kind, Source.RELAY, key, BEGIN, map);
  }
}
