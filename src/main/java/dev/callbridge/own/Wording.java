package dev.callbridge.own;

import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Template;
import org.jspecify.annotations.Nullable;

/// What is said in a call that nobody has to think of.
record Wording(Introduction introduction, Assistant assistant) {

  /// Null where the model opens, or nobody does.
  @Nullable String opening() {
    String first = introduction.firstMessage();
    return first == null || first.isBlank()
        ? null
        : Template.spoken(first, introduction.variables());
  }

  boolean modelOpens() {
    return introduction.firstMessage() == null && assistant.greets();
  }

  /// With nothing of this call in it, it is said in every call.
  boolean isSaidInEveryCall(String opening) {
    return opening.equals(assistant.firstMessage())
        || opening.equals(assistant.in(introduction.language()).resuming());
  }

  /// What is said when nothing else can be.
  String lastWords() {
    return Template.spoken(
        assistant.in(introduction.language()).unreachable(), introduction.variables());
  }
}
