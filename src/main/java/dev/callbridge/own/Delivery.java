package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.audio.Base64Text;
import dev.callbridge.own.PhraseMouth.Phrase;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// How turns become audio: thought of, they go to speech; said in every call, they come from the
/// cache of phrases; and when nothing speaks any more, one last phrase does. For one thread at a
/// time.
final class Delivery {

  /// From the last audio of a turn that is to end. Then it has ended without saying so.
  private static final Duration LAST_SOUND = Duration.ofSeconds(5);

  /// What was handed on is played a little later than it is reckoned here.
  private static final Duration LINE_DELAY = Duration.ofMillis(500);

  private static final int MAX_PHRASES = 64;

  private final Speech speech;
  private final Voice defaultVoice;
  private final Sinks.Many<Phrase> phrases =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_PHRASES));

  private long lastSound;

  /// Why nothing can be spoken any more, once that is so.
  private @Nullable String lost;

  Delivery(Speech speech, Voice defaultVoice) {
    this.speech = speech;
    this.defaultVoice = defaultVoice;
  }

  /// The last one counts.
  Flux<Phrase> phrases() {
    return phrases.asFlux();
  }

  boolean isLost() {
    return lost != null;
  }

  /// A sentence of that turn, unless there is nothing in it to be spoken.
  void say(Turn turn, String sentence, long now) {
    if (sentence.codePoints().noneMatch(Character::isLetterOrDigit)) {
      return;
    }
    if (!turn.speaks) {
      turn.speaks = true;
      speech.tell(new ToSpeak.Begin(turn.context), now);
    }
    speech.tell(new ToSpeak.Say(turn.context, sentence), now);
    turn.say(sentence);
  }

  /// Nothing more will be said in it.
  void finish(Turn turn, long now) {
    speech.tell(new ToSpeak.Finish(turn.context), now);
    lastSound = now;
  }

  /// Nobody listens to it any more.
  void abandon(Turn turn, long now) {
    if (turn.speaks && !turn.spoken && !turn.isPhrase) {
      speech.tell(new ToSpeak.Abandon(turn.context), now);
    }
  }

  /// That text as a phrase, for none of the turns yet.
  Phrase phraseOf(String text) {
    return new Phrase("", text, speech.voice(), false);
  }

  Phrase lastWordsOf(String text) {
    return new Phrase("", text, defaultVoice, false);
  }

  /// The whole of that turn is what is said in every call.
  void phrase(Turn turn, String text, long now) {
    phrase(turn, text, speech.voice(), false, now);
  }

  /// All that is left is this, if it is there.
  void lastWords(Turn turn, String text, String reason, long now) {
    lost = reason;
    turn.last = true;
    phrase(turn, text, defaultVoice, true, now);
  }

  private void phrase(Turn turn, String text, Voice voice, boolean known, long now) {
    turn.isPhrase = true;
    turn.speaks = true;
    turn.thought = true;
    turn.say(text);
    lastSound = now;
    if (phrases.tryEmitNext(new Phrase(turn.context, text, voice, known)).isFailure()) {
      throw new AgentException("tts_stalled");
    }
  }

  List<FromAgent> sound(@Nullable Turn current, Spoken.Sound sound, long now) {
    List<FromAgent> out = new ArrayList<>();
    if (current == null || !current.context.equals(sound.context())) {
      return out;
    }
    if (current.playout.isEmpty()) {
      out.addAll(lost == null ? current.answering(now) : lastWordsBegin(current));
    }
    speech.sounded(sound.context(), sound.alignment());
    current.playout.add(Base64Text.decodedLength(sound.payload()) / 8, sound.alignment(), now);
    lastSound = now;
    out.add(new FromAgent.Audio(current.number, sound.payload(), sound.alignment()));
    return out;
  }

  private List<FromAgent> lastWordsBegin(Turn last) {
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.FellBack("tts", "cached_sentence", String.valueOf(lost)));
    out.addAll(last.announce());
    return out;
  }

  /// Whether that context was finished over there without a sound.
  boolean isMute(String context) {
    return lost == null && speech.isMute(context);
  }

  List<FromAgent> finished(@Nullable Turn current, String context) {
    boolean wasEnding = speech.finished(context);
    if (current == null || !current.context.equals(context) || !(wasEnding || current.isPhrase)) {
      return List.of();
    }
    current.spoken = true;
    return current.last && lost == null ? List.of(new FromAgent.Goodbye()) : List.of();
  }

  /// What the cache does not have is spoken as everything else is.
  ///
  /// @throws AgentException when nothing else speaks
  void missed(@Nullable Turn current, String context, long now) {
    if (current == null || !current.context.equals(context)) {
      return;
    } else if (lost != null) {
      throw new AgentException(lost);
    }
    current.isPhrase = false;
    speech.tell(new ToSpeak.Begin(context), now);
    speech.tell(new ToSpeak.Say(context, current.text()), now);
    finish(current, now);
  }

  boolean isLate(long now) {
    return lost == null && speech.isLate(now);
  }

  /// Whether that turn should have ended by now.
  boolean isOverdue(Turn current, long now) {
    return current.thought
        && current.speaks
        && !current.spoken
        && now - lastSound > LAST_SOUND.toNanos();
  }

  /// @throws AgentException once the last words have been heard
  void endIfLost(Turn current, long now) {
    if (lost != null && current.spoken && !current.playout.isPlaying(now - LINE_DELAY.toNanos())) {
      throw new AgentException(lost);
    }
  }
}
