package dev.callbridge.assistants;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is known, right now and without asking anybody, to keep a call from its agent.
public interface AgentReach {

  /// @param step the id of the step of the diagnostics that failed
  /// @param detail what was found
  /// @param remedy what to do about it
  record Obstacle(String step, String detail, String remedy) {}

  /// What one call brings of its own.
  ///
  /// @param overrides which of `firstMessage`, `language` and `voiceId` it sets
  /// @param variables the names of those it gives a value
  record Brought(Set<String> overrides, Set<String> variables) {}

  /// @param field as the API names it
  record Unfit(String field, String problem) {}

  /// Empty where a call would get through, and where that is not known.
  Optional<Obstacle> obstacle(String assistant);

  /// For what of it the agent would end the conversation at once. Empty where nothing is known.
  List<Unfit> unfit(String assistant, Brought brought);
}
