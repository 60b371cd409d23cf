package dev.callbridge.sandbox.elevenlabs;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sends the agent's speech, faster than it is heard, and knows by its own clock how much has been
/// heard.
///
/// Like the vendor's, that clock starts with the first audio sent and knows nothing of the caller's
/// ear.
final class Mouth {

  /// Events sent on a tick: half a second of speech every 20 ms.
  private static final int EVENTS_PER_TICK = 2;

  /// Speech that was cut short.
  ///
  /// @param original the whole text
  /// @param heard the words that were out by then
  /// @param next the two events that would have been heard next, or the last two
  record CutShort(String original, String heard, List<AgentVoice.Chunk> next) {}

  private record Speech(AgentVoice.Utterance utterance, long startedAt) {}

  private final AgentWire wire;
  private final AgentSession ledger;
  private final Runnable betweenEvents;
  private final ArrayDeque<AgentVoice.Chunk> waiting = new ArrayDeque<>();
  private @Nullable Speech latest;
  private long heardUntil = System.nanoTime();

  /// @param betweenEvents run after each event of audio, to put something in between
  Mouth(AgentWire wire, AgentSession ledger, Runnable betweenEvents) {
    this.wire = wire;
    this.ledger = ledger;
    this.betweenEvents = betweenEvents;
  }

  /// Announces the text and starts to send its audio. What was said before is finished first.
  void say(AgentVoice.Utterance utterance, boolean atOnce) {
    long now = System.nanoTime();
    long start = heardUntil - now > 0 ? heardUntil : now;
    latest = new Speech(utterance, start);
    heardUntil = start + utterance.millis() * 1_000_000L;
    String text = utterance.text();
    ledger.said("agent", text);
    wire.send("agent_response", AgentMessages.agentResponse(text, wire.nextEventId()), text);
    waiting.addAll(utterance.chunks());
    send(atOnce ? waiting.size() : EVENTS_PER_TICK);
  }

  void tick() {
    send(EVENTS_PER_TICK);
  }

  /// Whether everything said has been sent.
  boolean isDone() {
    return waiting.isEmpty();
  }

  /// Whether the caller would still be hearing the agent.
  boolean isHeard(long now) {
    return heardUntil - now > 0;
  }

  /// When the caller has heard, or will have heard, all of it.
  long heardUntil() {
    return heardUntil;
  }

  /// Falls silent, if there is anything to fall silent from.
  Optional<CutShort> interrupt(long now) {
    Speech speech = latest;
    if (speech == null || !isHeard(now)) {
      return Optional.empty();
    }
    waiting.clear();
    heardUntil = now;
    latest = null;
    AgentVoice.Utterance utterance = speech.utterance();
    int heardMillis = (int) Math.max(0, (now - speech.startedAt()) / 1_000_000);
    int chunks = utterance.chunks().size();
    int next = Math.min(heardMillis / AgentVoice.CHUNK_MILLIS + 1, Math.max(0, chunks - 2));
    return Optional.of(
        new CutShort(
            utterance.text(),
            words(utterance.text(), heardMillis, utterance.millis()),
            utterance.chunks().subList(next, Math.min(next + 2, chunks))));
  }

  private void send(int events) {
    for (int i = 0; i < events && !waiting.isEmpty(); i++) {
      AgentVoice.Chunk chunk = waiting.remove();
      ledger.spoke(chunk.audio());
      emit(chunk, wire.nextEventId(), "");
      betweenEvents.run();
    }
  }

  void emit(AgentVoice.Chunk chunk, int eventId, String remark) {
    String detail = "event_id " + eventId + ", " + chunk.millis() + " ms" + remark;
    wire.send("audio", AgentMessages.audio(chunk, eventId), detail);
  }

  /// The whole words among the part that was heard.
  private static String words(String text, int heardMillis, int millis) {
    int reached = (int) Math.min(text.length(), (long) text.length() * heardMillis / millis);
    int end = reached == text.length() ? reached : text.lastIndexOf(' ', reached);
    return text.substring(0, Math.max(0, end)).stripTrailing();
  }
}
