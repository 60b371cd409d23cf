package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.assistants.Template;
import dev.callbridge.audio.Base64Text;
import dev.callbridge.own.History.Entry;
import dev.callbridge.own.Message.Role;
import dev.callbridge.own.PhraseMouth.Phrase;
import dev.callbridge.speech.Heard;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Who has the turn, what is asked of the model, what is spoken, and what of it was heard. Told one
/// thing at a time; answers with what the agent does.
final class Conversation {

  static final ToolDescription END_CALL =
      new ToolDescription(
          "end_call",
          "Hangs up. Say goodbye in the same answer.",
          "{\"type\":\"object\",\"properties\":{}}");

  /// From the last audio of a turn that is to end. Then it has ended without saying so.
  private static final Duration LAST_SOUND = Duration.ofSeconds(5);

  /// Whoever runs tools has deadlines of its own; this is for nobody running them.
  private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(12);

  /// A model that uses tools without end gets no further.
  private static final int MAX_ROUNDS = 8;

  private static final int MAX_QUESTIONS = 64;
  private static final int MAX_EARLY = 64;

  /// What was handed on is played a little later than it is reckoned here.
  private static final Duration LINE_DELAY = Duration.ofMillis(500);

  /// Speech from longer ago is not what was committed.
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(10);

  /// @param messages what to answer, null to stop thinking
  record Question(int turn, @Nullable List<Message> messages) {}

  private final OwnAgentSettings settings;
  private final Introduction introduction;
  private final Assistant assistant;
  private final OwnMeters meters;
  private final LongSupplier nanoTime;
  private final History history = new History();
  private final Speech speech;
  private final Voice defaultVoice;
  private final Quiet quiet;
  private final Loudness loudness;
  private final BargeIn bargeIn;
  private final Map<String, Entry> results = new HashMap<>();
  private final Sinks.Many<Question> questions =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUESTIONS));

  private final Sinks.Many<Phrase> phrases =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUESTIONS));

  /// What came before the agent was ready.
  private final List<ToAgent> early = new ArrayList<>();

  private @Nullable Turn turn;
  private boolean listens;
  private boolean speaks;
  private int turns;
  private long lastSound;

  /// Why nothing can be spoken any more, once that is so.
  private @Nullable String lost;

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
    this.introduction = introduction;
    this.assistant = assistant;
    this.defaultVoice = defaultVoice;
    this.loudness = loudness;
    this.quiet = new Quiet(settings);
    this.speech = new Speech(voice, defaultVoice, settings.firstAudio(), nanoTime.getAsLong());
    this.meters = meters;
    this.nanoTime = nanoTime;
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
    return phrases.asFlux();
  }

  /// What is said when nothing else can be.
  String lastWords() {
    return Template.spoken(
        assistant.in(introduction.language()).unreachable(), introduction.variables());
  }

  /// The last one counts.
  Flux<Question> questions() {
    return questions.asFlux();
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
        boolean cutsIn = bargeIn.partial(text, now);
        if (bargeIn.isSpeaking()) {
          quiet.broken(now);
        }
        Turn current = turn;
        yield cutsIn && current != null && mayBeCut(current) && current.playout.isPlaying(now)
            ? cutShort(current, now)
            : List.of();
      }
      case Heard.Committed(var text) -> {
        boolean words = bargeIn.committed(text);
        yield Murmurs.isNoise(text) ? List.of() : said(text, words, true);
      }
    };
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
          answered(id, isError ? "Error: " + result : result);
      case ToAgent.Audio _, ToAgent.Played _ -> List.of();
    };
  }

  List<FromAgent> thought(int number, Thought thought) {
    Turn current = turn;
    if (current == null || current.number != number) {
      return List.of();
    }
    switch (thought) {
      case Thought.Words(var text) -> {
        current.token(nanoTime.getAsLong());
        current.sentences.add(text).forEach(sentence -> say(current, sentence));
      }
      case Thought.Use use -> current.uses.add(use);
      case Thought.Instead(var reason) -> {
        return List.of(new FromAgent.FellBack("model", "fallback_model", reason));
      }
    }
    return List.of();
  }

  /// The model has said all it has to say for now.
  List<FromAgent> thoughtOut(int number) {
    Turn current = turn;
    if (current == null || current.number != number) {
      return List.of();
    }
    current.sentences.finish().forEach(sentence -> say(current, sentence));
    List<Thought.Use> uses =
        current.uses.stream().filter(use -> !use.tool().equals(END_CALL.name())).toList();
    boolean ends = uses.size() < current.uses.size();
    current.uses.clear();
    return uses.isEmpty() ? wholeThought(current, ends) : useTools(current, uses);
  }

  private List<FromAgent> wholeThought(Turn current, boolean ends) {
    current.thought = true;
    current.last = ends;
    if (ends && !current.speaks) {
      say(current, settings.goodbye());
    }
    if (!current.speaks) {
      return List.of(new FromAgent.Waiting());
    }
    record(current, List.of());
    tell(new ToSpeak.Finish(current.context));
    lastSound = nanoTime.getAsLong();
    return announce(current);
  }

  private List<FromAgent> useTools(Turn current, List<Thought.Use> uses) {
    if (++current.rounds > MAX_ROUNDS) {
      throw new AgentException("model_tool_loop");
    }
    if (!current.speaks) {
      say(current, settings.filler());
    }
    record(current, uses);
    List<FromAgent> calls = new ArrayList<>();
    for (Thought.Use use : uses) {
      current.awaited.put(use.id(), nanoTime.getAsLong());
      results.put(use.id(), history.add(Message.result(use.id(), "It is still being done.")));
      calls.add(new FromAgent.ToolCall(use.id(), use.tool(), use.parameters()));
    }
    return calls;
  }

  private List<FromAgent> answered(String id, String result) {
    Entry entry = results.remove(id);
    if (entry == null) {
      return List.of();
    }
    entry.text(result);
    Turn current = turn;
    if (current != null && current.awaited.remove(id) != null && current.awaited.isEmpty()) {
      ask(current.number, history.messages());
    }
    return List.of();
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
      case Spoken.Missed(var context) -> missed(context);
      case Spoken.Sound(var context, var payload, var alignment, var isLast) -> {
        List<FromAgent> out = new ArrayList<>();
        Turn current = turn;
        if (current != null && current.context.equals(context)) {
          long now = nanoTime.getAsLong();
          if (current.playout.isEmpty()) {
            out.addAll(lost == null ? current.answering(now) : lastWordsBegin(current));
          }
          speech.sounded(context, alignment);
          current.playout.add(Base64Text.decodedLength(payload) / 8, alignment, now);
          lastSound = now;
          out.add(new FromAgent.Audio(current.number, payload, alignment));
        }
        if (isLast) {
          out.addAll(finished(context));
        }
        yield out;
      }
      case Spoken.Finished(var context) -> finished(context);
    };
  }

  private List<FromAgent> finished(String context) {
    Turn current = turn;
    if (lost == null && speech.isMute(context)) {
      return speechFailed("tts_no_audio");
    }
    boolean wasEnding = speech.finished(context);
    if (current == null || !current.context.equals(context) || !(wasEnding || current.isPhrase)) {
      return List.of();
    }
    current.spoken = true;
    return current.last && lost == null ? List.of(new FromAgent.Goodbye()) : List.of();
  }

  private List<FromAgent> speechFailed(String reason) {
    String next = speech.failed(nanoTime.getAsLong());
    if (next != null) {
      return List.of(new FromAgent.FellBack("tts", next, reason));
    } else if (lost != null || !listens || !speaks) {
      throw new AgentException(reason);
    }
    return loseSpeech(reason);
  }

  /// Nothing can be spoken any more: what is left is a sentence from the cache, and the end.
  private List<FromAgent> loseSpeech(String reason) {
    lost = reason;
    List<FromAgent> out = new ArrayList<>();
    if (turn != null) {
      out.addAll(cutShort(turn, nanoTime.getAsLong()));
    }
    Turn last = phrase(lastWords(), defaultVoice, true);
    last.last = true;
    return out;
  }

  private List<FromAgent> lastWordsBegin(Turn last) {
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.FellBack("tts", "cached_sentence", String.valueOf(lost)));
    out.addAll(announce(last));
    return out;
  }

  /// What the cache does not have is spoken as everything else is.
  private List<FromAgent> missed(String context) {
    Turn current = turn;
    if (current == null || !current.context.equals(context)) {
      return List.of();
    } else if (lost != null) {
      throw new AgentException(lost);
    }
    current.isPhrase = false;
    tell(new ToSpeak.Begin(context));
    tell(new ToSpeak.Say(context, current.text()));
    tell(new ToSpeak.Finish(context));
    return List.of();
  }

  /// @throws AgentException when a stage takes too long
  List<FromAgent> tick() {
    long now = nanoTime.getAsLong();
    if (lost == null && speech.isLate(now)) {
      return speechFailed("tts_timeout");
    }
    Turn current = turn;
    if (current != null) {
      if (lost != null
          && current.spoken
          && !current.playout.isPlaying(now - LINE_DELAY.toNanos())) {
        throw new AgentException(lost);
      }
      if (current.thought
          && current.speaks
          && !current.spoken
          && now - lastSound > LAST_SOUND.toNanos()) {
        return finished(current.context);
      }
      List<String> late =
          current.awaited.entrySet().stream()
              .filter(use -> now - use.getValue() > TOOL_TIMEOUT.toNanos())
              .map(Map.Entry::getKey)
              .toList();
      late.forEach(id -> answered(id, "Error: there was no answer in time."));
      if (!current.isOver() || current.playout.isPlaying(now)) {
        quiet.broken(now);
      }
    }
    return listens && speaks && quiet.isTooLong(now) ? prompt(now) : List.of();
  }

  private List<FromAgent> prompt(long now) {
    boolean isLast = !quiet.askAgain(now);
    String words = isLast ? settings.goodbye() : settings.stillThere();
    return words.isBlank() ? List.of() : sayAsEver(words, isLast);
  }

  private List<FromAgent> ready() {
    if (!listens || !speaks) {
      return List.of();
    }
    quiet.broken(nanoTime.getAsLong());
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.Ready("own_" + UUID.randomUUID().toString().replace("-", "")));
    String first = introduction.firstMessage();
    if (first != null && !first.isBlank()) {
      out.addAll(open(first));
    } else if (first == null && assistant.greets()) {
      think(0);
    }
    early.forEach(message -> out.addAll(told(message)));
    early.clear();
    return out;
  }

  /// @param words whether there is more to it than a murmur
  private List<FromAgent> said(String text, boolean words, boolean aloud) {
    long now = nanoTime.getAsLong();
    Turn current = turn;
    if (current != null && current.isOver() && !current.playout.isPlaying(now)) {
      current = null;
    }
    if (current != null && (!words || !mayBeCut(current))) {
      return List.of();
    }
    quiet.answered(now);
    List<FromAgent> out = new ArrayList<>();
    if (current != null) {
      out.addAll(cutShort(current, now));
    }
    if (aloud) {
      out.add(new FromAgent.CallerSaid(text));
    }
    history.add(Message.of(Role.USER, text));
    think(aloud ? spokenUntil(now) : 0).answers();
    return out;
  }

  /// A goodbye is said to its end.
  private static boolean mayBeCut(Turn current) {
    return !current.last;
  }

  private List<FromAgent> cutShort(Turn current, long now) {
    meters.interruptions.increment();
    turn = null;
    ask(current.number, null);
    if (current.speaks && !current.spoken && !current.isPhrase) {
      tell(new ToSpeak.Abandon(current.context));
    }
    record(current, List.of());
    String heard = current.playout.heard(current.text(), now);
    current.cut(heard);
    if (current.playout.isEmpty() && !current.announced) {
      return List.of();
    }
    List<FromAgent> out = new ArrayList<>(announce(current));
    out.add(new FromAgent.Interruption(current.number));
    out.add(new FromAgent.AgentCorrected(heard));
    return out;
  }

  /// @param spokenUntil when what is to be answered had been said, 0 where that is not known
  private Turn think(long spokenUntil) {
    Turn next = new Turn(++turns, nanoTime.getAsLong(), spokenUntil);
    turn = next;
    ask(next.number, history.messages());
    return next;
  }

  private long spokenUntil(long now) {
    long last = loudness.lastLoud();
    return last != 0 && now - last < LONGEST_COMMIT.toNanos() ? last : 0;
  }

  /// A greeting with nothing of this call in it is said in every call.
  private List<FromAgent> open(String first) {
    String text = Template.spoken(first, introduction.variables());
    boolean isEver =
        text.equals(assistant.firstMessage())
            || text.equals(assistant.in(introduction.language()).resuming());
    return isEver ? sayAsEver(text, false) : speak(text, false);
  }

  /// Says what is said in every call.
  private List<FromAgent> sayAsEver(String text, boolean isLast) {
    Turn next = phrase(text, speech.voice(), false);
    next.last = isLast;
    record(next, List.of());
    return announce(next);
  }

  private Turn phrase(String text, Voice voice, boolean known) {
    Turn next = new Turn(++turns, nanoTime.getAsLong());
    turn = next;
    next.isPhrase = true;
    next.speaks = true;
    next.thought = true;
    next.say(text);
    lastSound = next.began;
    if (phrases.tryEmitNext(new Phrase(next.context, text, voice, known)).isFailure()) {
      throw new AgentException("tts_stalled");
    }
    return next;
  }

  /// Says something that nobody has to think of.
  private List<FromAgent> speak(String text, boolean isLast) {
    Turn next = new Turn(++turns, nanoTime.getAsLong());
    turn = next;
    next.sentences.add(text).forEach(sentence -> say(next, sentence));
    next.sentences.finish().forEach(sentence -> say(next, sentence));
    return wholeThought(next, isLast);
  }

  private void say(Turn current, String sentence) {
    if (sentence.codePoints().noneMatch(Character::isLetterOrDigit)) {
      return;
    }
    if (!current.speaks) {
      current.speaks = true;
      tell(new ToSpeak.Begin(current.context));
    }
    tell(new ToSpeak.Say(current.context, sentence));
    current.say(sentence);
  }

  private void tell(ToSpeak command) {
    speech.tell(command, nanoTime.getAsLong());
  }

  private void record(Turn current, List<Thought.Use> uses) {
    String text = current.take();
    if (!text.isEmpty() || !uses.isEmpty()) {
      current.recorded(history.add(new Message(Role.ASSISTANT, text, uses, null)));
    }
  }

  private static List<FromAgent> announce(Turn current) {
    if (current.announced || current.text().isEmpty()) {
      return List.of();
    }
    current.announced = true;
    return List.of(new FromAgent.AgentSaid(current.text()));
  }

  private void ask(int number, @Nullable List<Message> messages) {
    if (questions.tryEmitNext(new Question(number, messages)).isFailure()) {
      throw new AgentException("model_stalled");
    }
  }
}
