package dev.callbridge.agent;

import org.jspecify.annotations.Nullable;

/// What the caller's side tells an agent.
public sealed interface ToAgent {

  /// A slice of the caller's voice. Worth nothing late: the only kind that may be dropped.
  ///
  /// @param payload base64 text, as bytes, of μ-law 8 kHz mono
  record Audio(byte[] payload) implements ToAgent {}

  /// The caller pressed a key: `0` to `9`, `A` to `D`, `*`, `#`.
  record Pressed(String key) implements ToAgent {}

  /// One [FromAgent.Audio] of that event has been played to its end. Told to those who follow that.
  record Played(long eventId) implements ToAgent {}

  /// Something the agent should know and not answer.
  ///
  /// @param id an update replaces the one before it of the same id, or null
  record Context(String text, @Nullable String id) implements ToAgent {}

  /// Something to answer as though the caller had said it.
  record Message(String text) implements ToAgent {}

  /// A person speaks in the agent's place: it says nothing, starts nothing, and hears silence until
  /// [HandedBack]. Said again every few seconds for as long as it is so.
  record TakenOver() implements ToAgent {}

  /// The agent has the call again.
  ///
  /// @param meanwhile what was said without it, for it to know and not to answer
  record HandedBack(String meanwhile) implements ToAgent {
    @Override
    public String toString() {
      return "HandedBack[" + meanwhile.length() + " characters]";
    }
  }

  /// The one answer to a [FromAgent.ToolCall].
  record ToolResult(String toolCallId, String result, boolean isError) implements ToAgent {}
}
