package dev.callbridge.load;

import dev.callbridge.load.Metronome.Beat;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One phone call as Twilio streams it: the caller's voice in 20 ms frames, a playback buffer that
/// is drained in real time, and an echo of every mark when the audio before it has been played.
final class Caller extends Peer implements Beat {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final byte[] MEDIA = "{\"event\":\"media\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAYLOAD = "\"payload\":\"".getBytes(StandardCharsets.US_ASCII);

  /// How far into a `media` message its payload may begin.
  private static final int PAYLOAD_WITHIN = 160;

  private static final long NANOS_PER_CHARACTER = 93_750;

  private record Mark(String name, long playedAt) {}

  final int number;
  final String callSid;

  private final Calls calls;
  private final Map<String, String> parameters;
  private final String streamSid;
  private final MediaFrame frame;
  private final SequenceCheck fromAgent;
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();

  private long sequenceNumber = 1;
  private long sent;
  private long playedAt;
  private @Nullable AgentSocket agent;
  private long clearedUpTo = -1;

  /// Characters of the last chunk that are to come in a message of their own: a relay may have a
  /// mark within a chunk.
  private int owed;

  private boolean stopped;

  Caller(Calls calls, int number, String callSid, Map<String, String> parameters) {
    super(calls.tally, true);
    this.calls = calls;
    this.number = number;
    this.callSid = callSid;
    this.parameters = parameters;
    this.streamSid = "MZ" + callSid.substring(2);
    this.frame = new MediaFrame(streamSid, mask);
    this.fromAgent = new SequenceCheck(tally.toCaller);
  }

  /// Whether the caller has heard the agent.
  boolean isConnected() {
    return agent != null && isOpen();
  }

  @Nullable AgentSocket agent() {
    return agent;
  }

  long sent() {
    return sent;
  }

  @Override
  void onOpen() {
    sendText(TwilioMessages.CONNECTED);
    sendText(TwilioMessages.start(streamSid, callSid, sequenceNumber++, parameters));
    calls.metronome.add(number, this);
  }

  @Override
  public boolean beat(long due) {
    if (!isOpen() || stopped) {
      frame.release();
      return false;
    }
    long now = System.nanoTime();
    var stamp = new Stamp(number, sent, now);
    long chunk = ++sent;
    send(frame.next(sequenceNumber++, chunk, chunk * 20, stamp));
    Tally.record(tally.lateness, now - due);
    if (tally.inWindow(now)) {
      tally.toAgent.sent++;
    }
    while (!marks.isEmpty() && marks.peek().playedAt() <= now) {
      echo(marks.poll());
    }
    return true;
  }

  private void echo(Mark mark) {
    sendText(TwilioMessages.mark(streamSid, sequenceNumber++, mark.name()));
  }

  /// Hangs up: no frame is sent after this, and Twilio closes the socket.
  void stop() {
    if (!stopped && isOpen()) {
      stopped = true;
      sendText(TwilioMessages.stop(streamSid, callSid, sequenceNumber++));
      close(1000);
    }
  }

  /// The agent's audio is through: counts what it sent and this side never heard.
  void finish() {
    if (agent != null) {
      fromAgent.finish(agent.sent());
    }
  }

  @Override
  void onText(ByteBuf buffer, int at, int length, int mask) {
    long now = System.nanoTime();
    if (length > MEDIA.length && Frames.matches(buffer, at, 0, mask, MEDIA)) {
      onMedia(buffer, at, length, mask, now);
      return;
    }
    JsonNode message = JSON.readTree(Frames.text(buffer, at, length, mask));
    if (!message.path("streamSid").asString("").equals(streamSid)) {
      tally.complain("31951: message without this stream's streamSid");
      return;
    }
    switch (message.path("event").asString("")) {
      case "mark" -> onMark(message.path("mark").path("name").asString(""), now);
      case "clear" -> onClear(now);
      default -> tally.complain("31951: " + message.path("event"));
    }
  }

  private void onMedia(ByteBuf buffer, int at, int length, int mask, long now) {
    int payload = payloadOffset(buffer, at, length, mask);
    int end = length - 3;
    if (payload < 0 || end - payload < Stamp.CHARS) {
      tally.toCaller.altered++;
      return;
    }
    playedAt = Math.max(now, playedAt) + (end - payload) * NANOS_PER_CHARACTER;
    if (owed > 0) {
      onRest(buffer, at, payload, end, mask);
      return;
    }
    Stamp stamp = Stamp.read(buffer, at + payload, payload, mask);
    if (stamp == null) {
      tally.toCaller.altered++;
      return;
    }
    if (agent == null) {
      agent = calls.agent(stamp.sender());
    }
    if (agent == null || agent.number != stamp.sender()) {
      tally.toCaller.misrouted++;
      return;
    }
    int after = end - payload - Stamp.CHARS;
    if (isTail(buffer, at, payload + Stamp.CHARS, mask, 0, after)) {
      owed = AgentSocket.TAIL.length - after;
    } else {
      tally.toCaller.altered++;
    }
    if (stamp.sequence() <= clearedUpTo) {
      tally.toCaller.stale++;
    }
    if (fromAgent.arrive(stamp.sequence()) && tally.inWindow(stamp.nanos())) {
      tally.toCaller.received++;
      Tally.record(tally.toCaller.latency, now - stamp.nanos());
    }
  }

  private void onRest(ByteBuf buffer, int at, int payload, int end, int mask) {
    if (end - payload != owed
        || !isTail(buffer, at, payload, mask, AgentSocket.TAIL.length - owed, owed)) {
      tally.toCaller.altered++;
    }
    owed = 0;
  }

  private static boolean isTail(
      ByteBuf buffer, int at, int offset, int mask, int from, int length) {
    byte[] tail = AgentSocket.TAIL;
    return from + length <= tail.length
        && Frames.matches(buffer, at, offset, mask, tail, from, length);
  }

  private static int payloadOffset(ByteBuf buffer, int at, int length, int mask) {
    int last = Math.min(PAYLOAD_WITHIN, length - PAYLOAD.length);
    for (int offset = MEDIA.length; offset < last; offset++) {
      if (Frames.matches(buffer, at, offset, mask, PAYLOAD)) {
        return offset + PAYLOAD.length;
      }
    }
    return -1;
  }

  private void onMark(String name, long now) {
    var mark = new Mark(name, playedAt);
    if (marks.isEmpty() && playedAt <= now) {
      echo(mark);
    } else {
      marks.add(mark);
    }
  }

  private void onClear(long now) {
    playedAt = now;
    owed = 0;
    while (!marks.isEmpty()) {
      echo(marks.poll());
    }
    if (agent == null || !agent.isInterrupted()) {
      tally.clearsUnasked++;
      return;
    }
    clearedUpTo = agent.interruptedAfter();
    long interrupted = agent.takeInterruption();
    if (tally.inWindow(interrupted)) {
      tally.cleared++;
      Tally.record(tally.clear, now - interrupted);
    }
  }

  @Override
  void onGone(boolean expected) {
    if (!expected) {
      tally.fail("the relay ended the call");
    }
  }
}
