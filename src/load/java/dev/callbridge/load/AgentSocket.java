package dev.callbridge.load;

import dev.callbridge.load.Metronome.Beat;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One conversation as ElevenLabs holds it. The agent speaks for two seconds out of four, in chunks
/// of 250 ms, each at its time; it pings every two seconds, and is interrupted about every ten.
final class AgentSocket extends Peer implements Beat {

  /// 250 ms of mu-law.
  static final byte[] TAIL = MediaFrame.tail(2_000);

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] CHUNK = ascii("{\"user_audio_chunk\":\"");
  private static final byte[] CHUNK_END = ascii("\"}");
  private static final byte[] AUDIO =
      ascii("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"");
  private static final byte[] AUDIO_ID = ascii("\",\"event_id\":");

  /// Beats of 20 ms in four seconds.
  private static final int CYCLE = 200;

  /// Of the eight chunks of a turn, from its start.
  private static final boolean[] SPEAKS = new boolean[CYCLE];

  static {
    for (int chunk = 0; chunk < 8; chunk++) {
      SPEAKS[chunk * 25 / 2] = true;
    }
  }

  private static final int INTERRUPTED_AT = 56;
  private static final int PING_EVERY = 100;
  private static final int PINGED_AT = 43;

  /// Every how many frames the whole audio is compared, not only its stamp and its length.
  private static final int COMPARED_EVERY = 16;

  final int number;

  private final Calls calls;
  private final SequenceCheck fromCaller;
  private int caller = -1;
  private boolean started;
  private long beats;
  private long sent;
  private long eventId;
  private long pingId;
  private long pingedAt;
  private long interruptedAt;
  private long interruptedAfter = -1;

  AgentSocket(Calls calls, int number) {
    super(calls.tally, false);
    this.calls = calls;
    this.number = number;
    this.fromCaller = new SequenceCheck(tally.toAgent);
    this.beats = number * 79L % (5 * CYCLE);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  int caller() {
    return caller;
  }

  long sent() {
    return sent;
  }

  boolean isInterrupted() {
    return interruptedAt != 0;
  }

  /// The last audio before the interruption.
  long interruptedAfter() {
    return interruptedAfter;
  }

  /// When the interruption that has just been obeyed was sent.
  long takeInterruption() {
    long at = interruptedAt;
    interruptedAt = 0;
    return at;
  }

  void finish(long framesSent) {
    fromCaller.finish(framesSent);
  }

  @Override
  void onOpen() {}

  @Override
  public boolean beat(long due) {
    if (!isOpen()) {
      return false;
    }
    int position = (int) (beats % CYCLE);
    long cycle = beats / CYCLE;
    if (SPEAKS[position]) {
      speak(due);
    } else if (position == INTERRUPTED_AT && (cycle % 5 == 2 || cycle % 5 == 4)) {
      interrupt();
    }
    if (beats % PING_EVERY == PINGED_AT) {
      ping();
    }
    beats++;
    return true;
  }

  private void speak(long due) {
    long now = System.nanoTime();
    byte[] id = ascii(++eventId + "}}");
    int length = AUDIO.length + Stamp.CHARS + TAIL.length + AUDIO_ID.length + id.length;
    ByteBuf frame = newFrame(Frames.headerLength(length, mask) + length);
    Frames.writeHeader(frame, Frames.TEXT, length, mask);
    frame.writeBytes(AUDIO);
    new Stamp(number, sent++, now).write(frame, frame.writerIndex(), 0, Frames.UNMASKED);
    frame.writerIndex(frame.writerIndex() + Stamp.CHARS);
    frame.writeBytes(TAIL).writeBytes(AUDIO_ID).writeBytes(id);
    send(frame);
    Tally.record(tally.lateness, now - due);
    if (tally.inWindow(now)) {
      tally.toCaller.sent++;
    }
  }

  private void interrupt() {
    interruptedAt = System.nanoTime();
    interruptedAfter = sent - 1;
    sendText("{\"type\":\"interruption\",\"interruption_event\":{\"event_id\":" + ++eventId + "}}");
    if (tally.inWindow(interruptedAt)) {
      tally.interruptions++;
    }
  }

  private void ping() {
    pingedAt = System.nanoTime();
    sendText("{\"type\":\"ping\",\"ping_event\":{\"event_id\":" + ++pingId + ",\"ping_ms\":null}}");
    if (tally.inWindow(pingedAt)) {
      tally.pings++;
    }
  }

  @Override
  void onText(ByteBuf buffer, int at, int length, int mask) {
    long now = System.nanoTime();
    if (length == CHUNK.length + MediaFrame.PAYLOAD_CHARS + CHUNK_END.length
        && Frames.matches(buffer, at, 0, mask, CHUNK)) {
      onChunk(buffer, at, mask, now);
      return;
    }
    JsonNode message = JSON.readTree(Frames.text(buffer, at, length, mask));
    String type = message.path("type").asString("");
    if (message.has("user_audio_chunk")) {
      tally.toAgent.altered++;
    } else if (type.equals("conversation_initiation_client_data")) {
      onClientData();
    } else if (type.equals("pong")) {
      onPong(message.path("event_id").asLong(-1), now);
    }
  }

  private void onClientData() {
    if (started) {
      tally.complain("conversation_initiation_client_data twice");
      return;
    }
    started = true;
    sendText(
        """
        {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":\
        {"conversation_id":"conv_load_%d","agent_output_audio_format":"ulaw_8000",\
        "user_input_audio_format":"ulaw_8000"}}\
        """
            .formatted(number));
    calls.metronome.add(number + 10, this);
  }

  private void onChunk(ByteBuf buffer, int at, int mask, long now) {
    if (!started) {
      tally.complain("audio before conversation_initiation_client_data");
    }
    Stamp stamp = Stamp.read(buffer, at + CHUNK.length, CHUNK.length, mask);
    if (stamp == null) {
      tally.toAgent.altered++;
      return;
    }
    if (caller < 0) {
      caller = stamp.sender();
    }
    if (caller != stamp.sender()) {
      tally.toAgent.misrouted++;
      return;
    }
    if (stamp.sequence() % COMPARED_EVERY == 0
        && !Frames.matches(buffer, at, CHUNK.length + Stamp.CHARS, mask, MediaFrame.TAIL)) {
      tally.toAgent.altered++;
    }
    if (fromCaller.arrive(stamp.sequence()) && tally.inWindow(stamp.nanos())) {
      tally.toAgent.received++;
      Tally.record(tally.toAgent.latency, now - stamp.nanos());
    }
  }

  private void onPong(long id, long now) {
    if (id != pingId || pingedAt == 0) {
      tally.complain("pong " + (id <= pingId ? "late or repeated" : "never asked for"));
      return;
    }
    if (tally.inWindow(pingedAt)) {
      tally.pongs++;
      Tally.record(tally.pong, now - pingedAt);
    }
    pingedAt = 0;
  }

  @Override
  void onGone(boolean expected) {
    calls.agentGone();
  }
}
