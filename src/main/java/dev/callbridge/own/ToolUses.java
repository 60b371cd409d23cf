package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.own.History.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tools that the model uses in one conversation. A use has its place in the history from the
/// start: models refuse one without a result.
final class ToolUses {

  /// Whoever runs tools has deadlines of its own; this is for nobody running them.
  private static final Duration TIMEOUT = Duration.ofSeconds(12);

  /// A model that uses tools without end gets no further.
  private static final int MAX_ROUNDS = 8;

  private final History history;
  private final Map<String, Entry> results = new HashMap<>();

  ToolUses(History history) {
    this.history = history;
  }

  /// One more round of that turn.
  void beginRound(Turn turn) {
    if (++turn.rounds > MAX_ROUNDS) {
      throw new AgentException("model_tool_loop");
    }
  }

  List<FromAgent> ask(Turn turn, List<Thought.Use> uses, long now) {
    List<FromAgent> calls = new ArrayList<>();
    for (Thought.Use use : uses) {
      turn.awaited.put(use.id(), now);
      results.put(use.id(), history.add(Message.result(use.id(), "It is still being done.")));
      calls.add(new FromAgent.ToolCall(use.id(), use.tool(), use.parameters()));
    }
    return calls;
  }

  /// @return whether that turn has all of its results now, and had not before
  boolean answered(@Nullable Turn turn, String id, String result) {
    Entry entry = results.remove(id);
    if (entry == null) {
      return false;
    }
    entry.text(result);
    return turn != null && turn.awaited.remove(id) != null && turn.awaited.isEmpty();
  }

  /// Nobody has answered these.
  static List<String> late(Turn turn, long now) {
    return turn.awaited.entrySet().stream()
        .filter(use -> now - use.getValue() > TIMEOUT.toNanos())
        .map(Map.Entry::getKey)
        .toList();
  }
}
