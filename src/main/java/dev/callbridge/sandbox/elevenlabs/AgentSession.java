package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.Mulaw;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/// What happened on one agent socket, kept by the sandbox as the other side's witness.
///
/// Safe to read from any thread at any time; every collection handed out is a copy.
public final class AgentSession {

  /// Caller audio kept of one session: four minutes of mu-law. What comes after is counted only.
  static final int MAX_CALLER_AUDIO = 2 << 20;

  /// Entries kept of one session's timeline. Later ones are not recorded.
  static final int MAX_ENTRIES = 8_192;

  /// One thing that happened.
  ///
  /// @param at since the socket opened
  /// @param kind `sent TYPE` or `received TYPE` for messages, else a few words such as `speech
  ///   started`
  public record Entry(Duration at, String kind, String detail) {}

  /// A correct answer to a ping, and how long it took.
  public record Pong(int eventId, Duration latency) {}

  /// The client's answer to a tool call.
  ///
  /// @param late whether it came after the agent had given up waiting
  public record ToolResult(String toolCallId, String result, boolean isError, boolean late) {}

  /// One turn of the conversation as the agent remembers it.
  ///
  /// @param role `agent` or `user`
  /// @param text what was said; of an interrupted turn, what the agent thinks was heard
  /// @param original the whole text of an interrupted turn
  public record Turn(
      String role, String text, Duration at, boolean interrupted, @Nullable String original) {}

  private final String conversationId;
  private final String agentId;
  private final Instant startedAt = Instant.now();
  private final long openedNanos = System.nanoTime();
  private final Sinks.One<AgentSession> ended = Sinks.one();

  private AgentBehaviour behaviour;
  private AudioFormat inputFormat;
  private AudioFormat outputFormat;
  private @Nullable JsonNode initiationData;
  private ByteArrayOutputStream callerAudio = new ByteArrayOutputStream();
  private List<byte[]> sentAudio = new ArrayList<>();
  private int callerFrames;
  private long callerBytes;
  private int pingsSent;
  private final List<Entry> timeline = new ArrayList<>();
  private final List<Pong> pongs = new ArrayList<>();
  private final List<ToolResult> toolResults = new ArrayList<>();
  private final List<Turn> transcript = new ArrayList<>();
  private final List<String> protocolErrors = new ArrayList<>();
  private @Nullable Integer closeCode;
  private boolean closedByClient;
  private @Nullable Duration duration;

  AgentSession(String conversationId, String agentId, AgentBehaviour behaviour) {
    this.conversationId = conversationId;
    this.agentId = agentId;
    this.behaviour = behaviour;
    this.inputFormat = behaviour.input();
    this.outputFormat = behaviour.output();
  }

  public String conversationId() {
    return conversationId;
  }

  public String agentId() {
    return agentId;
  }

  public Instant startedAt() {
    return startedAt;
  }

  public synchronized AgentBehaviour behaviour() {
    return behaviour;
  }

  /// The format the client was told to send, such as `ulaw_8000`.
  public synchronized String inputFormat() {
    return inputFormat.wireName();
  }

  /// The format the agent speaks, such as `ulaw_8000`.
  public synchronized String outputFormat() {
    return outputFormat.wireName();
  }

  /// `conversation_initiation_client_data` as received. Empty until it came.
  public synchronized Optional<JsonNode> initiationData() {
    return Optional.ofNullable(initiationData).map(JsonNode::deepCopy);
  }

  /// What the caller said, decoded from base64, in [#inputFormat].
  public synchronized byte[] callerAudio() {
    return callerAudio.toByteArray();
  }

  /// What the caller said, as mu-law whatever the format.
  public synchronized byte[] callerUlaw() {
    return inputFormat.toUlaw(callerAudio.toByteArray());
  }

  public synchronized int callerFrames() {
    return callerFrames;
  }

  public synchronized long callerBytes() {
    return callerBytes;
  }

  /// What the agent said, in [#outputFormat]. Audio sent late on purpose, after an interruption, is
  /// not part of it.
  public synchronized byte[] sentAudio() {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    sentAudio.forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  public synchronized List<Entry> timeline() {
    return List.copyOf(timeline);
  }

  /// When something of this kind first happened.
  public synchronized Optional<Entry> first(String kind) {
    return timeline.stream().filter(entry -> entry.kind().equals(kind)).findFirst();
  }

  public synchronized List<Pong> pongs() {
    return List.copyOf(pongs);
  }

  public synchronized int pingsSent() {
    return pingsSent;
  }

  public synchronized List<ToolResult> toolResults() {
    return List.copyOf(toolResults);
  }

  public synchronized List<Turn> transcript() {
    return List.copyOf(transcript);
  }

  /// Everything the client did that the contract does not allow, in words. Empty is what it should
  /// be.
  public synchronized List<String> protocolErrors() {
    return List.copyOf(protocolErrors);
  }

  /// The code the socket closed with, 1006 when it broke. Empty while it is open.
  public synchronized OptionalInt closeCode() {
    return closeCode == null ? OptionalInt.empty() : OptionalInt.of(closeCode);
  }

  /// Whether the client ended it, by a close frame or by dropping the connection.
  public synchronized boolean closedByClient() {
    return closedByClient;
  }

  public synchronized boolean hasEnded() {
    return closeCode != null;
  }

  /// How long it lasted, or has lasted.
  public synchronized Duration duration() {
    return duration != null ? duration : elapsed();
  }

  /// Emits this session when its connection is gone, and completes. Never fails.
  public Mono<AgentSession> ended() {
    return ended.asMono();
  }

  synchronized void behaves(AgentBehaviour chosen) {
    behaviour = chosen;
    inputFormat = chosen.input();
    outputFormat = chosen.output();
  }

  synchronized void initiated(JsonNode data) {
    initiationData = data;
  }

  synchronized void note(String kind, String detail) {
    if (timeline.size() < MAX_ENTRIES) {
      timeline.add(new Entry(elapsed(), kind, detail));
    }
  }

  synchronized void heard(byte[] audio) {
    callerFrames++;
    callerBytes += audio.length;
    if (callerAudio.size() + audio.length <= MAX_CALLER_AUDIO) {
      callerAudio.writeBytes(audio);
    }
  }

  synchronized void spoke(byte[] audio) {
    sentAudio.add(audio);
  }

  synchronized void pinged() {
    pingsSent++;
  }

  synchronized void ponged(Pong pong) {
    pongs.add(pong);
  }

  synchronized void toolAnswered(ToolResult result) {
    toolResults.add(result);
  }

  synchronized void said(String role, String text) {
    transcript.add(new Turn(role, text, elapsed(), false, null));
  }

  synchronized void interrupted(String original, String heard) {
    for (int i = transcript.size() - 1; i >= 0; i--) {
      Turn turn = transcript.get(i);
      if (turn.role().equals("agent") && turn.text().equals(original)) {
        transcript.set(i, new Turn("agent", heard, turn.at(), true, original));
        return;
      }
    }
  }

  synchronized void protocolError(String problem) {
    protocolErrors.add(problem);
    note("protocol error", problem);
  }

  void ended(int code, boolean byClient) {
    synchronized (this) {
      if (closeCode != null) {
        return;
      }
      duration = elapsed();
      closeCode = code;
      closedByClient = byClient;
      note("closed", code + (byClient ? " by the client" : " by the agent"));
    }
    ended.tryEmitValue(this);
  }

  /// Drops the recordings, once the session is too old to be asked about.
  synchronized void forgetAudio() {
    callerAudio = new ByteArrayOutputStream();
    sentAudio = List.of();
  }

  @Override
  public String toString() {
    Duration heard = Mulaw.duration((int) Math.min(callerBytes, Integer.MAX_VALUE));
    return "%s %s, %s of caller audio, close code %s"
        .formatted(conversationId, behaviour().publicName(), heard, closeCode);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - openedNanos);
  }
}
