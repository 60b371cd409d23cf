package dev.callbridge.announcements;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.announcements.Part.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// What an announcement says, passage by passage: the text, the question behind it, the last words.
/// How much of each is made, handed on and played.
final class Passages {

  /// A second of speech.
  private static final int PIECE = 8_000;

  private static final int MAX_PARTS = 16;

  private final LongSupplier nanoTime;
  private final Sinks.Many<Part> parts =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_PARTS));

  private Playing announced = new Playing(0);
  private @Nullable Playing asked;

  /// The last words.
  private @Nullable Playing closing;

  private long events;

  Passages(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The last one counts.
  Flux<Part> parts() {
    return parts.asFlux();
  }

  /// @param question empty for none
  void announce(String text, String question) {
    List<Text> texts = new ArrayList<>();
    texts.add(new Text(++events, text));
    announced = new Playing(events);
    asked = null;
    if (!question.isBlank()) {
      texts.add(new Text(++events, question));
      asked = new Playing(events);
    }
    say(texts);
  }

  void close(String words) {
    closing = new Playing(++events);
    say(List.of(new Text(events, words)));
  }

  /// What is being said goes no further.
  List<FromAgent> cut() {
    return announced.isHeard() && isAsked()
        ? new ArrayList<>()
        : new ArrayList<>(List.of(new FromAgent.Interruption(events)));
  }

  List<FromAgent> sound(Text of, byte[] ulaw) {
    List<FromAgent> out = new ArrayList<>();
    Playing playing = playing(of.eventId());
    if (playing == null) {
      return out;
    } else if (playing.isFirst()) {
      out.add(new FromAgent.AgentSaid(of.words()));
    }
    for (int at = 0; at < ulaw.length; at += PIECE) {
      byte[] piece = Arrays.copyOfRange(ulaw, at, Math.min(ulaw.length, at + PIECE));
      byte[] payload = Base64.getEncoder().encodeToString(piece).getBytes(ISO_8859_1);
      playing.given(piece.length / 8, nanoTime.getAsLong());
      out.add(new FromAgent.Audio(of.eventId(), payload, null));
    }
    return out;
  }

  /// No more of it will be made.
  ///
  /// @return whether these were the last words
  boolean whole(Text of) {
    Playing playing = playing(of.eventId());
    if (playing != null) {
      playing.whole();
    }
    return playing != null && playing == closing;
  }

  void played(long eventId) {
    Playing playing = playing(eventId);
    if (playing != null) {
      playing.played();
    }
  }

  /// Whether all of the text was made.
  boolean isAnnounced() {
    return announced.isWhole();
  }

  /// Whether all of the text was played.
  boolean isHeard() {
    return announced.isHeard();
  }

  /// Whether the question was played, if there is one.
  boolean isAsked() {
    return asked == null || asked.isHeard();
  }

  /// Nothing is asked any more.
  void askNothing() {
    asked = null;
  }

  /// Whether something should have been played by now.
  boolean isOverdue(long now) {
    return announced.isOverdue(now) || (asked != null && asked.isOverdue(now));
  }

  private void say(List<Text> texts) {
    if (parts.tryEmitNext(new Part(texts)).isFailure()) {
      throw new AgentException("tts_stalled");
    }
  }

  /// Null for what was said the last time.
  private @Nullable Playing playing(long eventId) {
    return Stream.of(
            Optional.of(announced), Optional.ofNullable(asked), Optional.ofNullable(closing))
        .flatMap(Optional::stream)
        .filter(it -> it.eventId() == eventId)
        .findFirst()
        .orElse(null);
  }
}
