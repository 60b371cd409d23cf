package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.faults.Invariants.Expected;
import dev.callbridge.faults.Ledgers.Conversation;
import dev.callbridge.faults.Ledgers.Create;
import dev.callbridge.faults.Ledgers.Event;
import dev.callbridge.faults.Ledgers.Line;
import dev.callbridge.faults.Ledgers.Row;
import dev.callbridge.faults.Ledgers.Said;
import dev.callbridge.faults.Ledgers.Stream;
import dev.callbridge.faults.Ledgers.Ticket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each violation, planted into a world that has none, is found: a checker that never finds
/// anything proves nothing.
final class InvariantsTests {

  private static final UUID CALL = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Line> lines = new ArrayList<>();
  private final List<Create> creates = new ArrayList<>();
  private final List<Conversation> conversations = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Ticket> tickets = new ArrayList<>();

  /// Two calls that were held and ended well.
  InvariantsTests() {
    add(CALL, "CA1", "conv_1", "the words of the first agent");
    add(OTHER, "CA2", "conv_2", "what another agent has to say");
  }

  private void add(UUID id, String sid, String conversation, String words) {
    lines.add(line(sid, words));
    creates.add(new Create(sid, id.toString()));
    conversations.add(conversation(conversation, sid, words));
    rows.add(row(id, sid, conversation, "COMPLETED"));
    events.add(event(id, "MEDIA_CONNECTED", "1", null, null));
    events.add(event(id, "AGENT_CONNECTED", "1", conversation, null));
    events.add(event(id, "MEDIA_ENDED", "1", null, null));
    events.add(event(id, "CARRIER_STATUS", "3", null, "completed"));
    tickets.add(new Ticket(Invariants.hash("token of " + sid), id, true));
  }

  @Test
  void aCleanWorldHasNone() {
    assertThat(Invariants.violations(world())).isEmpty();
    assertThat(Invariants.changes(world(), world())).isEmpty();
  }

  @Test
  void aCallWithoutARowOrWithTwo() {
    Row row = rows.removeFirst();
    assertFound("I1 CA1 has 0 rows", "I14 CA1 got a media socket with the ticket of another call");

    rows.add(row);
    rows.add(row(new UUID(0, 3), "CA1", "conv_1", "COMPLETED"));
    assertFound("I1 CA1 has 2 rows", "I6 conversation conv_1 is of call");
  }

  @Test
  void aCallThatNeverEnds() {
    rows.set(0, row(CALL, "CA1", "conv_1", null));
    assertFound("I1 call " + CALL + " has no outcome");
  }

  @Test
  void aRowWithoutACause() {
    rows.add(row(new UUID(0, 3), "CA9", null, "BUSY"));
    assertFound("I1 call " + new UUID(0, 3) + " is CA9, which the carrier does not know");
  }

  @Test
  void successWithoutASession() {
    conversations.removeFirst();
    assertFound("I2 call " + CALL + " is COMPLETED without a session", "I6 CA1 heard");
  }

  @Test
  void successOfAnAgentThatSentNoAudio() {
    conversations.set(0, with(conversations.getFirst(), 1000, T.plusSeconds(20), false));
    assertFound("I2 call " + CALL + " is COMPLETED and its agent sent no audio");
  }

  @Test
  void successThatNobodyHeard() {
    lines.set(0, line("CA1", ""));
    assertFound("I2 call " + CALL + " is COMPLETED and nobody heard");
  }

  @Test
  void aConversationThatIsCalledAFailure() {
    rows.set(0, row(CALL, "CA1", "conv_1", "AGENT_LOST"));
    assertFound("I3 call " + CALL + " had its conversation and is AGENT_LOST");
  }

  @Test
  void anotherOutcomeThanExpected() {
    Expected lost = new Expected(Set.of("AGENT_LOST"), Pattern.compile("closed_.*"));
    assertThat(Invariants.violations(world(), Map.of(CALL, lost)))
        .singleElement()
        .asString()
        .startsWith("I5 call " + CALL + " is COMPLETED (agent_closed), not AGENT_LOST (closed_.*)");
    Expected reason = new Expected(Set.of("COMPLETED"), Pattern.compile("agent_.*"));
    assertThat(Invariants.violations(world(), Map.of(CALL, reason))).isEmpty();
  }

  @Test
  void wordsOfAnotherCallsAgent() {
    lines.set(0, line("CA1", "what another agent has"));
    assertFound("I6 CA1 heard what none of its own agents said");
  }

  @Test
  void theBeginningsOfTwoAgentsAreTheCallsOwn() {
    conversations.add(conversation("conv_3", "CA1", "the second agent"));
    lines.set(0, line("CA1", "the words of the second"));
    assertThat(Invariants.violations(world())).isEmpty();
  }

  @Test
  void aConversationOfTwoCalls() {
    events.add(event(OTHER, "AGENT_CONNECTED", "2", "conv_1", null));
    assertFound("I6 conversation conv_1 is of call", "I6 call " + OTHER + " has the conversation");
  }

  @Test
  void twoEndsAtTheCarrier() {
    events.add(event(CALL, "CARRIER_STATUS", "4", null, "busy"));
    assertFound("I9 call " + CALL + " ended at the carrier as");
  }

  @Test
  void aMediaSessionWithoutAnEnd() {
    events.add(event(CALL, "MEDIA_CONNECTED", "2", null, null));
    assertFound("I9 call " + CALL + " has 2 media sessions, 1 of them ended");
  }

  @Test
  void whatHadEndedAndEndsAgainOrGoesBackOrIsGone() {
    Ledgers before = world();
    rows.set(0, row(CALL, "CA1", "conv_1", "AGENT_LOST"));
    rows.set(1, row(OTHER, "CA2", "conv_2", null));
    events.removeLast();

    assertThat(Invariants.changes(before, world()))
        .anyMatch(it -> it.startsWith("I9 call " + CALL + " had ended as COMPLETED"))
        .anyMatch(it -> it.startsWith("I9 call " + OTHER + " went back from ENDED"))
        .anyMatch(it -> it.startsWith("I9 evidence CARRIER_STATUS of call " + OTHER));
    rows.removeFirst();
    assertThat(Invariants.changes(before, world())).contains("I9 call " + CALL + " is gone");
  }

  @Test
  void whatAnInstanceSaysOfASessionThatWasTakenFromIt() {
    events.set(2, lost(events.get(2)));
    assertThat(Invariants.violations(world())).isEmpty();

    events.add(event(CALL, "DTMF", "1:0", null, null));
    assertFound("I11 call " + CALL + " has DTMF of session 1 after another instance had ended it");
  }

  private static Event lost(Event ended) {
    return new Event(
        ended.number(),
        ended.callId(),
        ended.kind(),
        ended.key(),
        null,
        null,
        0,
        1,
        "instance_lost");
  }

  @Test
  void aCallThatWasPlacedTwice() {
    creates.add(new Create("CA3", CALL.toString()));
    assertFound("I10 call " + CALL + " was placed 2 times");
  }

  @Test
  void aSocketWithoutATicket() {
    tickets.removeFirst();
    assertFound("I13 CA1 got a media socket without a ticket");
  }

  @Test
  void aTicketOfAnotherCallAndOneThatIsUsedTwice() {
    tickets.set(0, new Ticket(tickets.getFirst().hash(), OTHER, true));
    assertFound("I14 CA1 got a media socket with the ticket of another call");

    tickets.set(0, new Ticket(tickets.getFirst().hash(), CALL, true));
    Line line = lines.getFirst();
    lines.add(line);
    assertFound("I14 one ticket opened media sockets of CA1");
  }

  @Test
  void whatTwilioCouldNotRead() {
    Line line = lines.getFirst();
    lines.set(0, with(line, List.of(31920, 31951)));
    assertFound("I15 CA1 has the verdict 31951");
  }

  @Test
  void whatElevenLabsCouldNotReadOrWaitedFor() {
    Conversation it = conversations.getFirst();
    conversations.set(
        0,
        new Conversation(
            it.id(),
            it.callSid(),
            it.started(),
            it.ended(),
            1000,
            true,
            true,
            true,
            it.sent(),
            false,
            List.of("a pong nobody asked for"),
            Duration.ofSeconds(2)));
    assertFound(
        "I15 conversation conv_1: a pong nobody asked for", "I15 conversation conv_1 waited");
  }

  @Test
  void timesOutOfOrder() {
    rows.set(0, row("COMPLETED", T.minusSeconds(60), T.minusSeconds(70)));
    assertFound(
        "I19 call " + CALL + " was answered before it was created",
        "I19 call " + CALL + " ended before it began");
    rows.set(0, row("COMPLETED", T.plusSeconds(5), T.plusSeconds(90)));
    assertFound("I19 call " + CALL + " lasted longer than its line");
  }

  @Test
  void anAgentThatSpokeBeforeItWasThere() {
    Row row = rows.getFirst();
    rows.set(
        0,
        new Row(
            row.id(),
            row.direction(),
            row.state(),
            row.outcome(),
            row.reason(),
            null,
            row.sid(),
            row.conversationId(),
            row.created(),
            row.answered(),
            T.plusSeconds(9),
            T.plusSeconds(8),
            row.ended()));
    assertFound("I19 the agent of call " + CALL + " spoke before it was there");
  }

  @Test
  void moreAtATimeThanAreAdmitted() {
    assertThat(Invariants.overAdmitted(world(), 2)).isEmpty();
    assertThat(Invariants.overAdmitted(world(), 1))
        .containsExactly("I16 2 calls at a time, where 1 are admitted");
  }

  @Test
  void anAgentThatOutlivesItsLine() {
    Conversation it = conversations.getFirst();
    conversations.set(0, with(it, 1000, T.plusSeconds(26), true));
    assertFound("I23 conversation conv_1 outlived its line by PT4S");
    conversations.set(0, with(it, 0, null, true));
    assertFound("I23 conversation conv_1 goes on after its line");
  }

  @Test
  void whatWasStoppedIsNotBlamedForNotEnding() {
    conversations.set(0, with(conversations.getFirst(), 1000, T.plusSeconds(60), true));
    rows.set(0, row(CALL, "CA1", "conv_1", "INTERRUPTED"));
    assertThat(Invariants.violations(world().stalled(Set.of("CA1")))).isEmpty();
    assertThat(Invariants.violations(world().stalled(Set.of("CA2")))).hasSize(2);
  }

  /// Exactly these, or a checker of one thing would be alarmed by another.
  private void assertFound(String... sentences) {
    List<String> found = Invariants.violations(world());
    assertThat(found).hasSize(sentences.length);
    for (String sentence : sentences) {
      assertThat(found).anyMatch(it -> it.startsWith(sentence));
    }
  }

  private Ledgers world() {
    return new Ledgers(
        List.copyOf(lines),
        List.copyOf(creates),
        List.copyOf(conversations),
        List.copyOf(rows),
        List.copyOf(events),
        List.copyOf(tickets));
  }

  private static Line line(String sid, String heard) {
    return new Line(
        sid,
        false,
        true,
        T.plusSeconds(5),
        T.plusSeconds(22),
        "completed",
        List.of(new Stream(T.plusSeconds(6), T.plusSeconds(21), "token of " + sid)),
        List.of(),
        List.<Said>of(),
        0,
        List.of(),
        bytes(heard));
  }

  private static Line with(Line line, List<Integer> verdicts) {
    return new Line(
        line.sid(),
        line.isInbound(),
        line.wasAsked(),
        line.answered(),
        line.ended(),
        line.status(),
        line.streams(),
        line.drops(),
        line.spoken(),
        line.clears(),
        verdicts,
        line.heard());
  }

  private static Conversation conversation(String id, String sid, String words) {
    return new Conversation(
        id,
        sid,
        T.plusSeconds(7),
        T.plusSeconds(21),
        1000,
        true,
        true,
        true,
        bytes(words),
        false,
        List.of(),
        Duration.ofMillis(5));
  }

  private static Conversation with(
      Conversation it, int closeCode, @Nullable Instant ended, boolean spoke) {
    return new Conversation(
        it.id(),
        it.callSid(),
        it.started(),
        ended,
        closeCode,
        true,
        true,
        spoke,
        it.sent(),
        false,
        List.of(),
        Duration.ZERO);
  }

  private static Row row(
      UUID id, String sid, @Nullable String conversation, @Nullable String outcome) {
    return new Row(
        id,
        "OUTBOUND",
        outcome == null ? "CONNECTED" : "ENDED",
        outcome,
        outcome == null ? null : "agent_closed",
        null,
        sid,
        conversation,
        T,
        T.plusSeconds(5),
        T.plusSeconds(7),
        T.plusSeconds(8),
        outcome == null ? null : T.plusSeconds(21));
  }

  private static Row row(String outcome, Instant answered, Instant ended) {
    return new Row(
        CALL,
        "OUTBOUND",
        "ENDED",
        outcome,
        "agent_closed",
        null,
        "CA1",
        "conv_1",
        T,
        answered,
        T.plusSeconds(7),
        T.plusSeconds(8),
        ended);
  }

  private Event event(
      UUID call, String kind, String key, @Nullable String conversation, @Nullable String status) {
    int session = kind.equals("CARRIER_STATUS") ? 0 : 1;
    return new Event(events.size() + 1L, call, kind, key, conversation, status, 0, session, null);
  }

  /// A letter is a moment long, so that any word is long enough to be heard.
  private static byte[] bytes(String words) {
    return words
        .codePoints()
        .mapToObj(letter -> Character.toString(letter).repeat(500))
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }
}
