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
import dev.callbridge.speech.Heard;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.ToSpeak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
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

  /// From the first text of a turn to its first audio.
  static final Duration SPEECH_TIMEOUT = Duration.ofSeconds(7);

  /// From the last audio of a turn that is to end. Then it has ended without saying so.
  private static final Duration LAST_SOUND = Duration.ofSeconds(5);

  /// Whoever runs tools has deadlines of its own; this is for nobody running them.
  private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(12);

  /// A model that uses tools without end gets no further.
  private static final int MAX_ROUNDS = 8;

  private static final int MAX_QUESTIONS = 64;
  private static final int MAX_EARLY = 64;

  /// @param messages what to answer, null to stop thinking
  record Question(int turn, @Nullable List<Message> messages) {}

  private final OwnAgentSettings settings;
  private final Introduction introduction;
  private final boolean greets;
  private final OwnMeters meters;
  private final LongSupplier nanoTime;
  private final History history = new History();
  private final Contexts contexts = new Contexts();
  private final BargeIn bargeIn;
  private final Map<String, Entry> results = new HashMap<>();
  private final Sinks.Many<Question> questions =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUESTIONS));

  /// What came before the agent was ready.
  private final List<ToAgent> early = new ArrayList<>();

  private @Nullable Turn turn;
  private boolean listens;
  private boolean speaks;
  private int turns;
  private int prompts;
  private long quietSince;
  private long lastSound;

  Conversation(
      Introduction introduction,
      Assistant assistant,
      OwnAgentSettings settings,
      OwnMeters meters,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.introduction = introduction;
    this.greets = assistant.greets();
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.bargeIn = new BargeIn(settings.interruptWords(), settings.interruptAfter());
    history.system(Template.forPrompt(settings.prompt(), introduction.variables()));
    if (introduction.soFar() != null) {
      history.system(introduction.soFar());
    }
  }

  Flux<ToSpeak> commands() {
    return contexts.commands();
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
        yield again ? List.of() : ready();
      }
      case Heard.Partial(var text) -> {
        boolean cutsIn = bargeIn.partial(text, now);
        if (bargeIn.isSpeaking()) {
          quietSince = now;
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
      case ToAgent.ToolResult(var id, var result, var isError) ->
          answered(id, isError ? "Error: " + result : result);
      case ToAgent.Audio _ -> List.of();
    };
  }

  List<FromAgent> thought(int number, Thought thought) {
    Turn current = turn;
    if (current == null || current.number != number) {
      return List.of();
    }
    switch (thought) {
      case Thought.Words(var text) -> {
        if (current.text().isEmpty() && current.rounds == 0 && current.sentences.isEmpty()) {
          meters.firstToken.record(nanoTime.getAsLong() - current.began, TimeUnit.NANOSECONDS);
        }
        current.sentences.add(text).forEach(sentence -> say(current, sentence));
      }
      case Thought.Use use -> current.uses.add(use);
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
    contexts.tell(new ToSpeak.Finish(current.context));
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

  List<FromAgent> spoken(Spoken event) {
    return switch (event) {
      case Spoken.Opened _ -> {
        speaks = true;
        yield ready();
      }
      case Spoken.Sound(var context, var payload, var alignment, var isLast) -> {
        List<FromAgent> out = new ArrayList<>();
        Turn current = turn;
        if (current != null && current.context.equals(context)) {
          long now = nanoTime.getAsLong();
          if (current.playout.isEmpty()) {
            meters.firstAudio.record(now - current.spokeAt, TimeUnit.NANOSECONDS);
          }
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
    boolean wasEnding = contexts.finished(context);
    if (!wasEnding || current == null || !current.context.equals(context)) {
      return List.of();
    }
    current.spoken = true;
    return current.last ? List.of(new FromAgent.Goodbye()) : List.of();
  }

  /// @throws AgentException when a stage takes too long
  List<FromAgent> tick() {
    long now = nanoTime.getAsLong();
    Turn current = turn;
    if (current != null) {
      if (current.speaks
          && current.playout.isEmpty()
          && now - current.spokeAt > SPEECH_TIMEOUT.toNanos()) {
        throw new AgentException("tts_timeout");
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
        quietSince = now;
      }
    }
    return listens && speaks && now - quietSince > settings.silence().toNanos()
        ? prompt()
        : List.of();
  }

  private List<FromAgent> prompt() {
    boolean isLast = prompts++ >= settings.prompts();
    quietSince = nanoTime.getAsLong();
    String words = isLast ? settings.goodbye() : settings.stillThere();
    return words.isBlank() ? List.of() : speak(words, isLast);
  }

  private List<FromAgent> ready() {
    if (!listens || !speaks) {
      return List.of();
    }
    quietSince = nanoTime.getAsLong();
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.Ready("own_" + UUID.randomUUID().toString().replace("-", "")));
    String first = introduction.firstMessage();
    if (first != null && !first.isBlank()) {
      out.addAll(speak(Template.spoken(first, introduction.variables()), false));
    } else if (first == null && greets) {
      think();
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
    quietSince = now;
    prompts = 0;
    List<FromAgent> out = new ArrayList<>();
    if (current != null) {
      out.addAll(cutShort(current, now));
    }
    if (aloud) {
      out.add(new FromAgent.CallerSaid(text));
    }
    history.add(Message.of(Role.USER, text));
    think();
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
    if (current.speaks && !current.spoken) {
      contexts.tell(new ToSpeak.Abandon(current.context));
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

  private void think() {
    Turn next = new Turn(++turns, nanoTime.getAsLong());
    turn = next;
    ask(next.number, history.messages());
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
      current.spokeAt = nanoTime.getAsLong();
      contexts.tell(new ToSpeak.Begin(current.context));
    }
    contexts.tell(new ToSpeak.Say(current.context, sentence));
    current.say(sentence);
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
