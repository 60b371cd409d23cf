package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.audio.Base64Text;
import dev.callbridge.twilio.ToTwilio;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// What Twilio has been given to play, and how much of it the caller has heard.
///
/// Every stretch of audio is followed by a mark, which comes back when it has played. A `clear`
/// brings all outstanding marks back at once: those are not proof of anything, so the stretches
/// they belong to are let go of when the `clear` is sent. Marks come back in the order they were
/// sent.
final class Playback {

  /// Past the audio that is buffered, a mark that has not come back by then will not come.
  static final Duration MARK_GRACE = Duration.ofSeconds(2);

  private static final long NONE = Long.MIN_VALUE;

  private final String streamSid;
  private final Transcript transcript;
  private final LongSupplier nanoTime;
  private final Consumer<FromAgent.Audio> onPlayed;
  private final ArrayDeque<Stretch> outstanding = new ArrayDeque<>();
  private final Sinks.Empty<Void> drained = Sinks.empty();
  private long lastInterruption = NONE;
  private long lastEvent = NONE;
  private long bufferedMillis;
  private long headStarted;
  private int sequence;
  private boolean ending;

  /// @param spoken null for a sound that is nobody's words
  private record Stretch(
      String mark, long millis, long since, Transcript.@Nullable Spoken spoken) {}

  Playback(String streamSid, Transcript transcript, LongSupplier nanoTime) {
    this(streamSid, transcript, nanoTime, _ -> {});
  }

  /// @param onPlayed gets each stretch of the agent's voice that has played to its end
  Playback(
      String streamSid,
      Transcript transcript,
      LongSupplier nanoTime,
      Consumer<FromAgent.Audio> onPlayed) {
    this.onPlayed = onPlayed;
    this.streamSid = streamSid;
    this.transcript = transcript;
    this.nanoTime = nanoTime;
  }

  /// Audio that was under way when the caller cut in is not played.
  List<ToTwilio> play(FromAgent.Audio audio) {
    lastEvent = Math.max(lastEvent, audio.eventId());
    if (audio.eventId() <= lastInterruption) {
      return List.of();
    }
    return play("" + audio.eventId(), audio.payload(), transcript.speaking(audio));
  }

  /// Plays what a supervisor says, as a part of that turn.
  ///
  /// @param mulaw 8 kHz
  List<ToTwilio> play(Transcript.AgentTurn turn, byte[] mulaw) {
    byte[] payload = Base64.getEncoder().encode(mulaw);
    FromAgent.Audio audio = new FromAgent.Audio(NONE, payload, null);
    return play("supervisor", payload, transcript.speaking(turn, audio));
  }

  private List<ToTwilio> play(String what, byte[] payload, Transcript.@Nullable Spoken spoken) {
    if (outstanding.isEmpty()) {
      headStarted = nanoTime.getAsLong();
    }
    String mark = what + ":" + sequence++;
    long millis = Base64Text.decodedLength(payload) / 8;
    outstanding.add(new Stretch(mark, millis, nanoTime.getAsLong(), spoken));
    bufferedMillis += millis;
    return List.of(new ToTwilio.Media(streamSid, payload), new ToTwilio.Mark(streamSid, mark));
  }

  /// Plays a sound behind what the agent has said, such as keys that are pressed.
  ///
  /// @param mulaw 8 kHz
  List<ToTwilio> play(byte[] mulaw) {
    return play("sound", Base64.getEncoder().encode(mulaw), null);
  }

  /// Silence at once: of what the agent has said by now no more is played, also if it comes later.
  List<ToTwilio> silence() {
    lastInterruption = lastEvent;
    List<ToTwilio> clear =
        outstanding.isEmpty() ? List.of() : interrupt(new FromAgent.Interruption(lastEvent));
    transcript.turnOver();
    return clear;
  }

  /// What the agent has said by now, to nobody, is not played.
  void skip(FromAgent.Audio audio) {
    lastEvent = Math.max(lastEvent, audio.eventId());
    lastInterruption = lastEvent;
  }

  /// The caller cut in: silence at once, whatever is queued.
  List<ToTwilio> interrupt(FromAgent.Interruption interruption) {
    lastInterruption = Math.max(lastInterruption, interruption.eventId());
    forget();
    transcript.interrupted();
    return List.of(new ToTwilio.Clear(streamSid));
  }

  /// A mark that is not outstanding belongs to audio that was cleared, and says nothing.
  ///
  /// @return whether it says that audio was heard
  boolean markReturned(String name) {
    if (outstanding.stream().noneMatch(stretch -> stretch.mark().equals(name))) {
      return false;
    }
    @Nullable Stretch played;
    do {
      played = outstanding.poll();
      if (played != null) {
        bufferedMillis -= played.millis();
        if (played.spoken() != null) {
          if (played.mark().equals(name)) {
            transcript.played(played.spoken(), began(played));
          }
          transcript.heard(played.spoken());
          onPlayed.accept(played.spoken().audio());
        }
      }
    } while (played != null && !played.mark().equals(name));
    headStarted = nanoTime.getAsLong();
    signalWhenDrained();
    return true;
  }

  /// It has just played to its end: milliseconds from its coming to its beginning.
  private long began(Stretch played) {
    return (nanoTime.getAsLong() - played.since()) / 1_000_000 - played.millis();
  }

  /// Completes when everything has been played, or can no longer be expected to be.
  Mono<Void> played() {
    return played(Schedulers.parallel());
  }

  Mono<Void> played(Scheduler timer) {
    ending = true;
    signalWhenDrained();
    return drained
        .asMono()
        .timeout(Duration.ofMillis(bufferedMillis).plus(MARK_GRACE), Mono.empty(), timer);
  }

  /// The line is gone: what the caller did not hear by now, the caller will not hear.
  void cutOff() {
    forget();
  }

  /// Whether the caller hears the agent now, or can be expected to.
  boolean isPlaying() {
    return !outstanding.isEmpty()
        && nanoTime.getAsLong() - headStarted
            < Duration.ofMillis(bufferedMillis).plus(MARK_GRACE).toNanos();
  }

  /// Written by the socket's thread only: a reader that sees it late is late by a moment.
  long bufferedMillis() {
    return bufferedMillis;
  }

  private void partlyHeard(Stretch stretch, long millis) {
    if (stretch.spoken() != null) {
      transcript.partlyHeard(stretch.spoken(), millis);
    }
  }

  private void signalWhenDrained() {
    if (ending && outstanding.isEmpty()) {
      drained.tryEmitEmpty();
    }
  }

  /// The first outstanding stretch is the one that plays; of the others nothing was heard.
  private void forget() {
    @Nullable Stretch head = outstanding.poll();
    if (head != null) {
      long played = (nanoTime.getAsLong() - headStarted) / 1_000_000;
      partlyHeard(head, Math.min(played, head.millis()));
      outstanding.forEach(stretch -> partlyHeard(stretch, 0));
      outstanding.clear();
    }
    bufferedMillis = 0;
    signalWhenDrained();
  }
}
