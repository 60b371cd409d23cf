package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.assistants.OwnAgentSettings.InterruptBy;
import dev.callbridge.assistants.Template;
import dev.callbridge.own.Message.Role;
import dev.callbridge.own.PhraseMouth.Phrase;
import dev.callbridge.speech.Heard;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;

/// What an agent makes of what happens: what the caller says, what it is told, what its stages do,
/// and that nothing happens. Told one thing at a time; answers with what the agent does.
final class Conversation {

  static final ToolDescription END_CALL =
      new ToolDescription(
          "end_call",
          "Hangs up. Say goodbye in the same answer.",
          "{\"type\":\"object\",\"properties\":{}}");

  private static final int MAX_EARLY = 64;

  /// Speech from longer ago is not what was committed.
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(10);

  private final OwnAgentSettings settings;
  private final Wording wording;
  private final LongSupplier nanoTime;
  private final History history = new History();
  private final Speech speech;
  private final Delivery delivery;
  private final Quiet quiet;
  private final Loudness loudness;
  private final BargeIn bargeIn;
  private final Floor floor;

  /// What came before the agent was ready.
  private final List<ToAgent> early = new ArrayList<>();

  private boolean listens;
  private boolean speaks;

  /// A person speaks in its place.
  private boolean takenOver;

  Conversation(
      Introduction introduction,
      Assistant assistant,
      OwnAgentSettings settings,
      Voice voice,
      Voice defaultVoice,
      Loudness loudness,
      OwnMeters meters,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.wording = new Wording(introduction, assistant);
    this.loudness = loudness;
    this.quiet = new Quiet(settings);
    this.speech =
        new Speech(
            settings.speakBy(), voice, defaultVoice, settings.firstAudio(), nanoTime.getAsLong());
    this.delivery = new Delivery(speech, defaultVoice);
    this.nanoTime = nanoTime;
    this.floor = new Floor(settings, history, delivery, meters, nanoTime);
    this.bargeIn = new BargeIn(settings.interruptWords(), settings.interruptAfter());
    history.system(Template.forPrompt(settings.prompt(), introduction.variables()));
    if (introduction.soFar() != null) {
      history.system(introduction.soFar());
    }
  }

  /// The last one counts.
  Flux<Speech.Way> ways() {
    return speech.ways();
  }

  /// The last one counts.
  Flux<Phrase> phrases() {
    return delivery.phrases();
  }

  /// What may be said from the cache of phrases in this call, the first of it first.
  List<Phrase> phrasesToCome() {
    List<Phrase> phrases = new ArrayList<>();
    String opening = wording.opening();
    if (opening != null && wording.isSaidInEveryCall(opening)) {
      phrases.add(delivery.phraseOf(opening));
    }
    phrases.add(delivery.lastWordsOf(wording.lastWords()));
    return phrases;
  }

  /// The last one counts.
  Flux<Questions.Question> questions() {
    return floor.questions();
  }

  List<FromAgent> heard(Heard event) {
    long now = nanoTime.getAsLong();
    return switch (event) {
      case Heard.Started _ -> {
        boolean again = listens;
        listens = true;
        yield again
            ? List.of(new FromAgent.FellBack("stt", "new_session", "session_lost"))
            : ready();
      }
      case Heard.Partial(var text) -> {
        boolean cutsIn =
            bargeIn.partial(text, now) && settings.interruptBy() == InterruptBy.PARTIALS;
        if (bargeIn.isSpeaking()) {
          quiet.broken(now);
        }
        yield cutsIn ? cutIn(now) : List.of();
      }
      case Heard.Committed(var text) -> {
        boolean words = bargeIn.committed(text);
        if (takenOver && !Murmurs.isNoise(text)) {
          history.add(Message.of(Role.USER, text));
          yield List.of(new FromAgent.CallerSaid(text));
        }
        yield Murmurs.isNoise(text) ? List.of() : said(text, words, true);
      }
    };
  }

  /// Somebody speaks, whatever it is.
  List<FromAgent> loud() {
    long now = nanoTime.getAsLong();
    quiet.broken(now);
    return cutIn(now);
  }

  private List<FromAgent> cutIn(long now) {
    return takenOver ? List.of() : floor.cutIn(now);
  }

  List<FromAgent> told(ToAgent message) {
    if (!listens || !speaks) {
      if (early.size() == MAX_EARLY) {
        throw new AgentException("stalled");
      }
      early.add(message);
      return List.of();
    }
    return switch (message) {
      case ToAgent.Message(var text) -> said(text, true, false);
      case ToAgent.Context(var text, _) -> {
        history.add(Message.of(Role.SYSTEM, text));
        yield List.of();
      }
      case ToAgent.Pressed(var key) -> {
        history.add(Message.of(Role.SYSTEM, "The caller pressed " + key));
        yield List.of();
      }
      case ToAgent.ToolResult(var id, var result, var isError) ->
          floor.answered(id, isError ? "Error: " + result : result);
      case ToAgent.TakenOver _ -> takenOver();
      case ToAgent.HandedBack(var meanwhile) -> {
        history.add(Message.of(Role.SYSTEM, meanwhile));
        takenOver = false;
        quiet.answered(nanoTime.getAsLong());
        yield List.of();
      }
      case ToAgent.Audio _, ToAgent.Played _ -> List.of();
    };
  }

  /// Whatever it was about to say is not said.
  private List<FromAgent> takenOver() {
    takenOver = true;
    return floor.cutShort(nanoTime.getAsLong());
  }

  List<FromAgent> thought(int number, Thought thought) {
    return floor.thought(number, thought);
  }

  /// The model has said all it has to say for now.
  List<FromAgent> thoughtOut(int number) {
    return floor.thoughtOut(number);
  }

  /// @param way by which it was spoken: one that was given up says nothing more
  List<FromAgent> spoken(Speech.Way way, Spoken event) {
    return speech.isCurrent(way.number()) ? spoken(event) : List.of();
  }

  List<FromAgent> spoken(Spoken event) {
    return switch (event) {
      case Spoken.Opened _ -> {
        speech.opened();
        boolean again = speaks;
        speaks = true;
        yield again ? List.of() : ready();
      }
      case Spoken.Failed(var reason) -> speechFailed(reason);
      case Spoken.Missed(var context) -> {
        delivery.missed(floor.turn(), context, nanoTime.getAsLong());
        yield List.of();
      }
      case Spoken.Sound sound -> {
        List<FromAgent> out = delivery.sound(floor.turn(), sound, nanoTime.getAsLong());
        if (sound.isLast()) {
          out.addAll(finished(sound.context()));
        }
        yield out;
      }
      case Spoken.Finished(var context) -> finished(context);
    };
  }

  private List<FromAgent> finished(String context) {
    return delivery.isMute(context)
        ? speechFailed("tts_no_audio")
        : delivery.finished(floor.turn(), context);
  }

  /// The next way speaks. When there is none, what is left is a sentence from the cache, and the
  /// end.
  private List<FromAgent> speechFailed(String reason) {
    long now = nanoTime.getAsLong();
    String next = speech.failed(now);
    if (next != null) {
      return List.of(new FromAgent.FellBack("tts", next, reason));
    } else if (delivery.isLost() || !listens || !speaks) {
      throw new AgentException(reason);
    }
    List<FromAgent> out = floor.cutShort(now);
    delivery.lastWords(floor.next(0), wording.lastWords(), reason, now);
    return out;
  }

  /// @throws AgentException when a stage takes too long
  List<FromAgent> tick() {
    long now = nanoTime.getAsLong();
    if (delivery.isLate(now)) {
      return speechFailed("tts_timeout");
    }
    Turn current = floor.turn();
    if (current != null) {
      delivery.endIfLost(current, now);
      if (delivery.isOverdue(current, now)) {
        return finished(current.context);
      }
      floor.endLateTools(current, now);
      if (current.hasTheFloor(now)) {
        quiet.broken(now);
      }
    }
    return listens && speaks && !takenOver && quiet.isTooLong(now) ? prompt(now) : List.of();
  }

  private List<FromAgent> prompt(long now) {
    boolean isLast = !quiet.askAgain(now);
    String words = isLast ? settings.goodbye() : settings.stillThere();
    return words.isBlank() ? List.of() : floor.sayAsEver(words, isLast);
  }

  private List<FromAgent> ready() {
    if (!listens || !speaks) {
      return List.of();
    }
    quiet.broken(nanoTime.getAsLong());
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.Ready("own_" + UUID.randomUUID().toString().replace("-", "")));
    String opening = wording.opening();
    if (opening != null) {
      out.addAll(
          wording.isSaidInEveryCall(opening)
              ? floor.sayAsEver(opening, false)
              : floor.speak(opening, false));
    } else if (wording.modelOpens()) {
      floor.think(0);
    }
    early.forEach(message -> out.addAll(told(message)));
    early.clear();
    return out;
  }

  /// @param words whether there is more to it than a murmur
  private List<FromAgent> said(String text, boolean words, boolean aloud) {
    long now = nanoTime.getAsLong();
    Turn current = floor.turn();
    if (current != null && !current.hasTheFloor(now)) {
      current = null;
    }
    if (current != null && (!words || !current.mayBeCut())) {
      return List.of();
    }
    quiet.answered(now);
    List<FromAgent> out = new ArrayList<>(current == null ? List.of() : floor.cutShort(now));
    if (aloud) {
      out.add(new FromAgent.CallerSaid(text));
    }
    history.add(Message.of(Role.USER, text));
    floor.think(aloud ? spokenUntil(now) : 0).answers();
    return out;
  }

  private long spokenUntil(long now) {
    long last = loudness.lastLoud();
    return last != 0 && now - last < LONGEST_COMMIT.toNanos() ? last : 0;
  }
}
