package dev.callbridge.assistants;

import java.util.Optional;

/// What is known, right now and without asking anybody, to keep a call from its agent.
@FunctionalInterface
public interface AgentReach {

  /// @param step the id of the step of the diagnostics that failed
  /// @param detail what was found
  /// @param remedy what to do about it
  record Obstacle(String step, String detail, String remedy) {}

  /// Empty where a call would get through, and where that is not known.
  Optional<Obstacle> obstacle(String assistant);
}
