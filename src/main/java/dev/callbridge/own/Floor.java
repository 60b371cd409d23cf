package dev.callbridge.own;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.assistants.OwnAgentSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/// The agent's turns: what is asked of the model, what of its thoughts is spoken, and what is left
/// of a turn that is cut short. For one thread at a time.
final class Floor {

  private final OwnAgentSettings settings;
  private final History history;
  private final Delivery delivery;
  private final ToolUses tools;
  private final OwnMeters meters;
  private final LongSupplier nanoTime;
  private final Questions questions = new Questions();

  private @Nullable Turn turn;
  private int turns;

  Floor(
      OwnAgentSettings settings,
      History history,
      Delivery delivery,
      OwnMeters meters,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.history = history;
    this.delivery = delivery;
    this.tools = new ToolUses(history);
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /// The last one counts.
  Flux<Questions.Question> questions() {
    return questions.asked();
  }

  /// The last one that was not cut short, null where there is none.
  @Nullable Turn turn() {
    return turn;
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
        current.uses.stream()
            .filter(use -> !use.tool().equals(Conversation.END_CALL.name()))
            .toList();
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
    current.record(history, List.of());
    delivery.finish(current, nanoTime.getAsLong());
    return current.announce();
  }

  private List<FromAgent> useTools(Turn current, List<Thought.Use> uses) {
    tools.beginRound(current);
    if (!current.speaks) {
      say(current, settings.filler());
    }
    current.record(history, uses);
    return tools.ask(current, uses, nanoTime.getAsLong());
  }

  List<FromAgent> answered(String id, String result) {
    Turn current = turn;
    if (tools.answered(current, id, result) && current != null) {
      questions.ask(current, history);
    }
    return List.of();
  }

  /// Who was asked to do something and did not answer has failed.
  void endLateTools(Turn current, long now) {
    ToolUses.late(current, now).forEach(id -> answered(id, "Error: there was no answer in time."));
  }

  /// Cuts short what is heard now, if that may be.
  List<FromAgent> cutIn(long now) {
    Turn current = turn;
    return current != null && current.mayBeCut() && current.playout.isPlaying(now)
        ? cutShort(current, now)
        : List.of();
  }

  /// Whatever it is about to say is not said.
  List<FromAgent> cutShort(long now) {
    return turn == null ? List.of() : cutShort(turn, now);
  }

  private List<FromAgent> cutShort(Turn current, long now) {
    meters.interruptions.increment();
    turn = null;
    questions.stop(current);
    delivery.abandon(current, now);
    current.record(history, List.of());
    String heard = current.playout.heard(current.text(), now);
    current.cut(heard);
    if (current.playout.isEmpty() && !current.announced) {
      return List.of();
    }
    List<FromAgent> out = new ArrayList<>(current.announce());
    out.add(new FromAgent.Interruption(current.number));
    out.add(new FromAgent.AgentCorrected(heard));
    return out;
  }

  /// @param spokenUntil when what is to be answered had been said, 0 where that is not known
  Turn think(long spokenUntil) {
    Turn next = next(spokenUntil);
    questions.ask(next, history);
    return next;
  }

  /// Says what is said in every call.
  List<FromAgent> sayAsEver(String text, boolean isLast) {
    Turn next = next(0);
    next.last = isLast;
    delivery.phrase(next, text, next.began);
    next.record(history, List.of());
    return next.announce();
  }

  Turn next(long spokenUntil) {
    Turn next = new Turn(++turns, nanoTime.getAsLong(), spokenUntil);
    turn = next;
    return next;
  }

  /// Says something that nobody has to think of.
  List<FromAgent> speak(String text, boolean isLast) {
    Turn next = next(0);
    next.sentences.add(text).forEach(sentence -> say(next, sentence));
    next.sentences.finish().forEach(sentence -> say(next, sentence));
    return wholeThought(next, isLast);
  }

  private void say(Turn current, String sentence) {
    delivery.say(current, sentence, nanoTime.getAsLong());
  }
}
