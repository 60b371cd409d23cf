package dev.callbridge.faults;

import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;

/// What both vendors and the database have written down of the same calls. Nothing in it is the
/// relay's own word, but for its tables.
record Ledgers(
    List<Line> lines,
    List<Create> creates,
    List<Conversation> conversations,
    List<Row> rows,
    List<Event> events,
    List<Ticket> tickets) {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Set<String> FINAL =
      Set.of("completed", "busy", "failed", "no-answer", "canceled");
  private static final Pattern CALL_ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /// A call at the carrier.
  ///
  /// @param wasAsked whether its voice webhook was answered
  /// @param drops when the stream's connection broke
  /// @param heard what was played to the caller
  record Line(
      String sid,
      boolean isInbound,
      boolean wasAsked,
      @Nullable Instant answered,
      @Nullable Instant ended,
      @Nullable String status,
      List<Stream> streams,
      List<Instant> drops,
      List<Said> spoken,
      int clears,
      List<Integer> verdicts,
      byte[] heard) {

    static Line of(SandboxCall call) {
      List<SandboxCall.Entry> timeline = call.timeline();
      return new Line(
          call.callSid(),
          call.direction().equals("inbound"),
          timeline.stream()
              .anyMatch(e -> e.kind().equals("webhook") && e.detail().matches(".*/voice.* 200")),
          first(call, e -> e.kind().equals("status") && e.detail().equals("in-progress")),
          first(call, e -> e.kind().equals("status") && FINAL.contains(e.detail())),
          call.finalStatus(),
          timeline.stream()
              .filter(e -> e.kind().equals("stream") && e.detail().startsWith("open "))
              .map(e -> new Stream(call.at(e), closed(call, e), e.detail().replaceFirst(".*/", "")))
              .toList(),
          timeline.stream()
              .filter(e -> e.kind().equals("stream") && e.detail().equals("TCP connection dropped"))
              .map(call::at)
              .toList(),
          timeline.stream()
              .filter(e -> e.kind().equals("say"))
              .map(e -> new Said(call.at(e), e.detail()))
              .toList(),
          call.clears().size(),
          call.verdicts(),
          call.heard());
    }

    /// When that stream was over, by what came next of the line's streams.
    private static @Nullable Instant closed(SandboxCall call, SandboxCall.Entry opened) {
      return first(call, e -> e.kind().equals("stream") && e.at().compareTo(opened.at()) > 0);
    }

    private static @Nullable Instant first(
        SandboxCall call, java.util.function.Predicate<SandboxCall.Entry> such) {
      return call.timeline().stream().filter(such).findFirst().map(call::at).orElse(null);
    }
  }

  /// A media socket that the relay let in, and the ticket it came with.
  ///
  /// @param until null while it is open
  record Stream(Instant at, @Nullable Instant until, String token) {}

  record Said(Instant at, String text) {}

  /// A request that placed a call, and the call of ours it was for.
  record Create(String sid, String callId) {
    static Create of(SandboxTwilio.Create create) {
      Matcher id = CALL_ID.matcher(create.form().get("StatusCallback", ""));
      return new Create(create.callSid(), id.find() ? id.group() : "");
    }
  }

  /// An agent's session.
  ///
  /// @param callSid whose it said it was, empty where it said nothing
  /// @param sent what the agent said, as mu-law; empty for another format or once forgotten
  /// @param isStalled whether it or its peer reads nothing, so that its end cannot be seen
  record Conversation(
      String id,
      String callSid,
      Instant started,
      @Nullable Instant ended,
      int closeCode,
      boolean closedByClient,
      boolean heardTheCaller,
      boolean spoke,
      byte[] sent,
      boolean isStalled,
      List<String> protocolErrors,
      Duration slowestPong) {

    private Conversation stalled() {
      return new Conversation(
          id,
          callSid,
          started,
          ended,
          closeCode,
          closedByClient,
          heardTheCaller,
          spoke,
          sent,
          true,
          protocolErrors,
          Duration.ZERO);
    }

    static Conversation of(AgentSession session) {
      return new Conversation(
          session.conversationId(),
          session
              .initiationData()
              .map(data -> data.path("dynamic_variables").path("call_sid").asString(""))
              .orElse(""),
          session.startedAt(),
          session.hasEnded() ? session.startedAt().plus(session.duration()) : null,
          session.closeCode().orElse(0),
          session.closedByClient(),
          session.callerFrames() > 0,
          session.first("sent audio").isPresent(),
          session.outputFormat().equals("ulaw_8000") ? session.sentAudio() : new byte[0],
          session.first("stalled").isPresent(),
          session.protocolErrors(),
          session.pongs().stream()
              .map(AgentSession.Pong::latency)
              .max(Duration::compareTo)
              .orElse(Duration.ZERO));
    }
  }

  /// The same where whoever had those calls' agents was stopped: nobody could end them.
  Ledgers stalled(Set<String> callSids) {
    return new Ledgers(
        lines,
        creates,
        conversations.stream()
            .map(it -> callSids.contains(it.callSid()) ? it.stalled() : it)
            .toList(),
        rows,
        events,
        tickets);
  }

  record Row(
      UUID id,
      String direction,
      String state,
      @Nullable String outcome,
      @Nullable String reason,
      @Nullable String answeredBy,
      @Nullable String sid,
      @Nullable String conversationId,
      Instant created,
      @Nullable Instant answered,
      @Nullable Instant agentConnected,
      @Nullable Instant firstAgentAudio,
      @Nullable Instant ended) {}

  /// @param session the media session that a relay says it of, 0 where it is of none
  record Event(
      long number,
      UUID callId,
      String kind,
      String key,
      @Nullable String conversationId,
      @Nullable String status,
      long dropped,
      int session,
      @Nullable String reason) {}

  record Ticket(String hash, UUID callId, boolean isUsed) {}

  /// Reads all of them, the tables first: what is in a table has happened at the vendors.
  ///
  /// @param since calls that began before are somebody else's
  static Ledgers read(
      SandboxTwilio twilio, List<AgentSession> agents, DatabaseClient database, Instant since) {
    List<Row> rows =
        query(database, "SELECT * FROM call WHERE created_at >= :since", since, Ledgers::row);
    List<Event> events =
        query(
            database,
            """
            SELECT e.id, e.call_id, e.kind, e.source_key, e.details ->> 'conversationId' AS conversation,
              e.details ->> 'CallStatus' AS status, coalesce(e.details ->> 'droppedFrames', '0')::bigint AS dropped,
              CASE e.source WHEN 'RELAY' THEN coalesce(e.details ->> 'session', '0')::int ELSE 0 END AS session,
              e.details ->> 'reason' AS reason
            FROM call_event e JOIN call c ON c.id = e.call_id WHERE c.created_at >= :since ORDER BY e.id
            """,
            since,
            row ->
                new Event(
                    required(row, "id", Long.class),
                    required(row, "call_id", UUID.class),
                    required(row, "kind", String.class),
                    required(row, "source_key", String.class),
                    row.get("conversation", String.class),
                    row.get("status", String.class),
                    required(row, "dropped", Long.class),
                    required(row, "session", Integer.class),
                    row.get("reason", String.class)));
    List<Ticket> tickets =
        query(
            database,
            """
            SELECT encode(t.token_hash, 'hex') AS hash, t.call_id, t.used_at IS NOT NULL AS used
            FROM media_ticket t JOIN call c ON c.id = t.call_id WHERE c.created_at >= :since
            """,
            since,
            row ->
                new Ticket(
                    required(row, "hash", String.class),
                    required(row, "call_id", UUID.class),
                    required(row, "used", Boolean.class)));
    List<Line> lines =
        twilio.calls().stream()
            .filter(call ->
                call.timeline().stream()
                    .findFirst()
                    .map(e -> !call.at(e).isBefore(since))
                    .orElse(false))
            .map(Line::of)
            .toList();
    Set<String> sids = Set.copyOf(lines.stream().map(Line::sid).toList());
    return new Ledgers(
        lines,
        twilio.creates().stream()
            .filter(create -> !create.at().isBefore(since))
            .map(Create::of)
            .toList(),
        agents.stream()
            .filter(session -> !session.startedAt().isBefore(since))
            .map(Conversation::of)
            .filter(it -> it.callSid().isEmpty() || sids.contains(it.callSid()))
            .toList(),
        rows,
        events,
        tickets);
  }

  private static <T> List<T> query(
      DatabaseClient database, String sql, Instant since, Function<Readable, T> mapping) {
    return Objects.requireNonNull(
        database.sql(sql).bind("since", since).map(mapping).all().collectList().block(SOON));
  }

  private static Row row(Readable row) {
    return new Row(
        required(row, "id", UUID.class),
        required(row, "direction", String.class),
        required(row, "state", String.class),
        row.get("outcome", String.class),
        row.get("reason", String.class),
        row.get("answered_by", String.class),
        row.get("twilio_call_sid", String.class),
        row.get("conversation_id", String.class),
        required(row, "created_at", Instant.class),
        row.get("answered_at", Instant.class),
        row.get("agent_connected_at", Instant.class),
        row.get("first_agent_audio_at", Instant.class),
        row.get("ended_at", Instant.class));
  }

  private static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), column);
  }
}
