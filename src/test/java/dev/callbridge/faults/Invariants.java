package dev.callbridge.faults;

import dev.callbridge.faults.Ledgers.Conversation;
import dev.callbridge.faults.Ledgers.Create;
import dev.callbridge.faults.Ledgers.Event;
import dev.callbridge.faults.Ledgers.Line;
import dev.callbridge.faults.Ledgers.Row;
import dev.callbridge.faults.Ledgers.Said;
import dev.callbridge.faults.Ledgers.Stream;
import dev.callbridge.faults.Ledgers.Ticket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What holds of every call, whatever broke. Judged by what the vendors saw and what the tables
/// say, after everything has settled; each violation is one sentence that begins with the
/// invariant's number.
final class Invariants {

  /// How a call must have ended, where that is known beforehand.
  record Expected(Set<String> outcomes, Pattern reason) {}

  /// How long an agent's session may outlive its line: it costs money.
  static final Duration ORPHANED = Duration.ofSeconds(2);

  /// A ping that is answered later counts as not answered.
  static final Duration PONG = Duration.ofSeconds(1);

  /// Between the relay's clock and the vendor's, on one machine under load.
  static final Duration CLOCKS = Duration.ofSeconds(2);

  /// In bytes: that the agent was heard is proved after a fifth of a second.
  private static final int SURELY_HEARD = 1_600;

  /// Messages that Twilio could not read, or was not ready to keep.
  private static final Set<Integer> OUR_FAULT = Set.of(31924, 31931, 31951);

  private static final List<String> WAY =
      List.of("CREATED", "UNCONFIRMED", "DIALING", "RINGING", "ANSWERED", "CONNECTED", "ENDED");

  private static final Set<String> FINAL =
      Set.of("completed", "busy", "failed", "no-answer", "canceled");

  private final Ledgers world;
  private final Map<String, List<Row>> rowsBySid;
  private final Map<String, Line> linesBySid;
  private final Map<String, Conversation> conversationsById;
  private final Map<UUID, List<Event>> eventsByCall;
  private final List<String> violations = new ArrayList<>();

  private Invariants(Ledgers world) {
    this.world = world;
    this.rowsBySid =
        world.rows().stream()
            .filter(row -> row.sid() != null)
            .collect(Collectors.groupingBy(row -> Objects.requireNonNull(row.sid())));
    this.linesBySid = byKey(world.lines(), Line::sid);
    this.conversationsById = byKey(world.conversations(), Conversation::id);
    this.eventsByCall = world.events().stream().collect(Collectors.groupingBy(Event::callId));
  }

  private static <T> Map<String, T> byKey(List<T> all, Function<T, String> key) {
    return all.stream().collect(Collectors.toMap(key, it -> it, (first, _) -> first));
  }

  static List<String> violations(Ledgers world) {
    return violations(world, Map.of());
  }

  static List<String> violations(Ledgers world, Map<UUID, Expected> expected) {
    Invariants it = new Invariants(world);
    world.lines().forEach(it::everyCallHasOneRow);
    for (Row row : world.rows()) {
      it.everyRowHasACauseAndAnEnd(row);
      it.completedMeansTheAgentWasHeard(row);
      it.aConversationThatEndedWellIsCompleted(row);
      it.endedAsExpected(row, expected.get(row.id()));
      it.statesAgree(row);
      it.nothingIsSaidOfWhatWasTakenAway(row);
      it.placedOnce(row);
      it.timesAreInOrder(row);
    }
    world.lines().forEach(it::heardOnlyItsOwnAgent);
    it.conversationsBelongToOneCall();
    it.ticketsWereUsedOnceAndForTheirCall();
    world.lines().forEach(it::sentNothingInvalid);
    world.conversations().forEach(it::spokeTheProtocol);
    world.conversations().forEach(it::wasNotOrphaned);
    return List.copyOf(it.violations);
  }

  /// Whether more lines had a stream at the same moment than are admitted.
  static List<String> overAdmitted(Ledgers world, int limit) {
    List<Stream> streams = world.lines().stream().flatMap(line -> line.streams().stream()).toList();
    long most =
        streams.stream()
            .mapToLong(at ->
                streams.stream()
                    .filter(it -> !it.at().isAfter(at.at()))
                    .filter(it -> it.until() == null || it.until().isAfter(at.at()))
                    .count())
            .max()
            .orElse(0);
    return most <= limit
        ? List.of()
        : List.of("I16 %d calls at a time, where %d are admitted".formatted(most, limit));
  }

  /// What changed between two moments that may not change.
  static List<String> changes(Ledgers before, Ledgers after) {
    Map<String, Row> later = byKey(after.rows(), row -> row.id().toString());
    List<String> found = new ArrayList<>();
    for (Row was : before.rows()) {
      Row is = later.get(was.id().toString());
      if (is == null) {
        found.add("I9 call %s is gone".formatted(was.id()));
      } else if (WAY.indexOf(is.state()) < WAY.indexOf(was.state())) {
        found.add(
            "I9 call %s went back from %s to %s".formatted(was.id(), was.state(), is.state()));
      } else if (was.outcome() != null
          && !(was.outcome().equals(is.outcome())
              && Objects.equals(was.reason(), is.reason())
              && Objects.equals(was.ended(), is.ended()))) {
        found.add(
            "I9 call %s had ended as %s (%s), and now as %s (%s)"
                .formatted(was.id(), was.outcome(), was.reason(), is.outcome(), is.reason()));
      }
    }
    Set<Long> numbers = after.events().stream().map(Event::number).collect(Collectors.toSet());
    for (Event event : before.events()) {
      if (!numbers.contains(event.number())) {
        found.add("I9 evidence %s of call %s is gone".formatted(event.kind(), event.callId()));
      }
    }
    return found;
  }

  private void everyCallHasOneRow(Line line) {
    int rows = rowsBySid.getOrDefault(line.sid(), List.of()).size();
    boolean isKnown = !line.isInbound() || line.wasAsked();
    if (rows > 1 || (isKnown && rows == 0)) {
      violated("I1 %s has %d rows, not one", line.sid(), rows);
    }
  }

  private void everyRowHasACauseAndAnEnd(Row row) {
    if (row.outcome() == null || !row.state().equals("ENDED")) {
      violated("I1 call %s has no outcome and is %s", row.id(), row.state());
    }
    if (row.sid() != null && !linesBySid.containsKey(row.sid())) {
      violated("I1 call %s is %s, which the carrier does not know", row.id(), row.sid());
    } else if (row.sid() == null && row.direction().equals("INBOUND")) {
      violated("I1 call %s came in from nowhere", row.id());
    }
  }

  private void completedMeansTheAgentWasHeard(Row row) {
    if (!"COMPLETED".equals(row.outcome())) {
      return;
    }
    Conversation conversation =
        row.conversationId() == null ? null : conversationsById.get(row.conversationId());
    if (conversation == null) {
      violated("I2 call %s is COMPLETED without a session of any agent", row.id());
      return;
    }
    if (conversationsOf(row).stream().noneMatch(Conversation::spoke)) {
      violated("I2 call %s is COMPLETED and its agent sent no audio", row.id());
    }
    Line line = row.sid() == null ? null : linesBySid.get(row.sid());
    if (line == null || line.heard().length == 0) {
      violated("I2 call %s is COMPLETED and nobody heard the agent", row.id());
    }
  }

  /// A session that closed normally after audio both ways, and after which the line was told
  /// nothing else, is a conversation that took place.
  private void aConversationThatEndedWellIsCompleted(Row row) {
    Line line = row.sid() == null ? null : linesBySid.get(row.sid());
    List<Conversation> own = conversationsOf(row);
    if (line == null || own.isEmpty() || "VOICEMAIL".equals(row.outcome())) {
      return;
    }
    Conversation last = own.getLast();
    boolean saidMore =
        line.spoken().stream().map(Said::at).anyMatch(at -> at.isAfter(last.started()));
    if (last.closeCode() == 1000
        && !last.isStalled()
        && last.spoke()
        && last.heardTheCaller()
        && line.heard().length > SURELY_HEARD
        && "completed".equals(line.status())
        && !saidMore
        && row.outcome() != null
        && !"COMPLETED".equals(row.outcome())) {
      violated("I3 call %s had its conversation and is %s", row.id(), row.outcome());
    }
  }

  private void endedAsExpected(Row row, @Nullable Expected expected) {
    if (expected == null) {
      return;
    }
    String reason = Objects.requireNonNullElse(row.reason(), "");
    if (!expected.outcomes().contains(Objects.requireNonNullElse(row.outcome(), ""))
        || !expected.reason().matcher(reason).matches()) {
      violated(
          "I5 call %s is %s (%s), not %s (%s)",
          row.id(),
          row.outcome(),
          reason,
          String.join(" or ", expected.outcomes()),
          expected.reason());
    }
  }

  /// Without an interruption, what was played is the beginning of what each of the call's agents
  /// said, one after the other. Where sound was taken back, or is no longer kept, this says
  /// nothing.
  private void heardOnlyItsOwnAgent(Line line) {
    List<Conversation> own =
        world.conversations().stream().filter(it -> it.callSid().equals(line.sid())).toList();
    boolean canBeTold =
        line.clears() == 0 && own.stream().allMatch(it -> !it.spoke() || it.sent().length > 0);
    if (line.heard().length > 0 && canBeTold && !isBeginnings(line.heard(), 0, own)) {
      violated("I6 %s heard what none of its own agents said", line.sid());
    }
  }

  private static boolean isBeginnings(byte[] heard, int from, List<Conversation> agents) {
    if (from == heard.length) {
      return true;
    } else if (agents.isEmpty()) {
      return false;
    }
    byte[] sent = agents.getFirst().sent();
    List<Conversation> others = agents.subList(1, agents.size());
    int until = Math.min(heard.length - from, sent.length);
    int same = Arrays.mismatch(heard, from, from + until, sent, 0, until);
    for (int length = same < 0 ? until : same; length >= 0; length--) {
      if (isBeginnings(heard, from + length, others)) {
        return true;
      }
    }
    return false;
  }

  private void conversationsBelongToOneCall() {
    Map<String, UUID> owners = new HashMap<>();
    for (Row row : world.rows()) {
      for (String id : conversationIds(row)) {
        UUID other = owners.putIfAbsent(id, row.id());
        if (other != null && !other.equals(row.id())) {
          violated("I6 conversation %s is of call %s and of call %s", id, other, row.id());
        }
        Conversation conversation = conversationsById.get(id);
        if (conversation != null
            && !conversation.callSid().isEmpty()
            && !conversation.callSid().equals(row.sid())) {
          violated("I6 call %s has the conversation of %s", row.id(), conversation.callSid());
        }
      }
    }
  }

  private void statesAgree(Row row) {
    List<Event> events = eventsByCall.getOrDefault(row.id(), List.of());
    Set<String> ends =
        events.stream()
            .filter(event -> event.kind().equals("CARRIER_STATUS"))
            .map(Event::status)
            .filter(status -> status != null && FINAL.contains(status))
            .collect(Collectors.toSet());
    if (ends.size() > 1) {
      violated("I9 call %s ended at the carrier as %s", row.id(), ends);
    }
    long begun = count(events, "MEDIA_CONNECTED");
    long over = count(events, "MEDIA_ENDED");
    if (begun != over) {
      violated("I9 call %s has %d media sessions, %d of them ended", row.id(), begun, over);
    }
  }

  private static long count(List<Event> events, String kind) {
    return events.stream().filter(event -> event.kind().equals(kind)).count();
  }

  /// Once a session is ended for an instance that was gone, that instance's word on it is refused.
  private void nothingIsSaidOfWhatWasTakenAway(Row row) {
    List<Event> events = eventsByCall.getOrDefault(row.id(), List.of());
    for (Event lost : events) {
      if (!lost.kind().equals("MEDIA_ENDED") || !"instance_lost".equals(lost.reason())) {
        continue;
      }
      events.stream()
          .filter(e -> e.session() == lost.session() && e.number() > lost.number())
          .forEach(e ->
              violated(
                  "I11 call %s has %s of session %d after another instance had ended it",
                  row.id(), e.kind(), e.session()));
    }
  }

  private void placedOnce(Row row) {
    long placed =
        world.creates().stream().map(Create::callId).filter(row.id().toString()::equals).count();
    if (placed > 1) {
      violated("I10 call %s was placed %d times", row.id(), placed);
    }
  }

  private void ticketsWereUsedOnceAndForTheirCall() {
    Map<String, Ticket> tickets = byKey(world.tickets(), Ticket::hash);
    Map<UUID, Row> rows =
        world.rows().stream().collect(Collectors.toMap(Row::id, row -> row, (first, _) -> first));
    Map<String, String> users = new HashMap<>();
    for (Line line : world.lines()) {
      for (Stream stream : line.streams()) {
        String hash = hash(stream.token());
        Ticket ticket = tickets.get(hash);
        Row row = ticket == null ? null : rows.get(ticket.callId());
        String other = users.putIfAbsent(hash, line.sid());
        if (ticket == null || !ticket.isUsed()) {
          violated("I13 %s got a media socket without a ticket", line.sid());
        } else if (row == null || !line.sid().equals(row.sid())) {
          violated("I14 %s got a media socket with the ticket of another call", line.sid());
        }
        if (other != null) {
          violated("I14 one ticket opened media sockets of %s and of %s", other, line.sid());
        }
      }
    }
  }

  private void sentNothingInvalid(Line line) {
    line.verdicts().stream()
        .filter(OUR_FAULT::contains)
        .forEach(code -> violated("I15 %s has the verdict %d", line.sid(), code));
  }

  private void spokeTheProtocol(Conversation conversation) {
    conversation
        .protocolErrors()
        .forEach(error -> violated("I15 conversation %s: %s", conversation.id(), error));
    if (conversation.slowestPong().compareTo(PONG) > 0) {
      violated(
          "I15 conversation %s waited %s for a pong",
          conversation.id(), conversation.slowestPong());
    }
  }

  private void timesAreInOrder(Row row) {
    Instant answered = row.answered();
    Instant ended = row.ended();
    if (answered != null && answered.isBefore(row.created().minus(CLOCKS))) {
      violated("I19 call %s was answered before it was created", row.id());
    }
    if (ended != null
        && (ended.isBefore(row.created().minus(CLOCKS))
            || (answered != null && ended.isBefore(answered)))) {
      violated("I19 call %s ended before it began", row.id());
    }
    if (row.firstAgentAudio() != null
        && (row.agentConnected() == null || row.firstAgentAudio().isBefore(row.agentConnected()))) {
      violated("I19 the agent of call %s spoke before it was there", row.id());
    }
    Line line = row.sid() == null ? null : linesBySid.get(row.sid());
    if (line != null
        && line.answered() != null
        && line.ended() != null
        && answered != null
        && ended != null
        && Duration.between(answered, ended)
                .compareTo(Duration.between(line.answered(), line.ended()).plus(CLOCKS))
            > 0) {
      violated("I19 call %s lasted longer than its line", row.id());
    }
  }

  private void wasNotOrphaned(Conversation conversation) {
    Line line = linesBySid.get(conversation.callSid());
    if (line == null || line.ended() == null || conversation.isStalled()) {
      return;
    }
    if (conversation.ended() == null) {
      violated("I23 conversation %s goes on after its line", conversation.id());
    } else if (conversation.ended().isAfter(line.ended().plus(ORPHANED))) {
      violated(
          "I23 conversation %s outlived its line by %s",
          conversation.id(), Duration.between(line.ended(), conversation.ended()));
    }
  }

  /// The sessions that the agents' side knows to be of that call, in their order.
  private List<Conversation> conversationsOf(Row row) {
    return world.conversations().stream().filter(it -> it.callSid().equals(row.sid())).toList();
  }

  private Set<String> conversationIds(Row row) {
    Set<String> ids =
        eventsByCall.getOrDefault(row.id(), List.of()).stream()
            .filter(event -> event.kind().equals("AGENT_CONNECTED"))
            .map(Event::conversationId)
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .collect(Collectors.toSet());
    if (row.conversationId() != null) {
      ids.add(row.conversationId());
    }
    return ids;
  }

  static String hash(String token) {
    try {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void violated(String sentence, @Nullable Object... details) {
    violations.add(sentence.formatted(details));
  }
}
