package dev.callbridge.own;

import java.util.Map;

/// A piece of an answer. Neither kind prints.
sealed interface Thought {

  /// Text to be spoken, cut anywhere.
  record Words(String text) implements Thought {
    @Override
    public String toString() {
      return "Words[" + text.length() + " characters]";
    }
  }

  /// Another model answers, because the first did not: `reason`.
  record Instead(String reason) implements Thought {}

  /// A tool is to be used; whole.
  ///
  /// @param arguments as the model wrote them
  record Use(String id, String tool, Map<String, Object> parameters, String arguments)
      implements Thought {
    @Override
    public String toString() {
      return "Use[" + tool + "]";
    }
  }
}
