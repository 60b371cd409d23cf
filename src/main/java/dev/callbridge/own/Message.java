package dev.callbridge.own;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of a conversation as language models read it.
///
/// @param uses tools that were asked for with it
/// @param answers the use of a tool that this is the result of, or null
record Message(Role role, String text, List<Thought.Use> uses, @Nullable String answers) {

  enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  static Message of(Role role, String text) {
    return new Message(role, text, List.of(), null);
  }

  static Message result(String use, String text) {
    return new Message(Role.TOOL, text, List.of(), use);
  }

  Message withText(String other) {
    return new Message(role, other, uses, answers);
  }

  @Override
  public String toString() {
    return "Message[" + role + ", " + text.length() + " characters]";
  }
}
