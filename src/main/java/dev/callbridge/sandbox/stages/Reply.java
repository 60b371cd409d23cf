package dev.callbridge.sandbox.stages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What whoever thinks in the sandbox says next: it takes bookings.
///
/// @param tool to be used, or null
/// @param arguments JSON, for the tool
record Reply(String text, @Nullable String tool, String arguments) {

  static final String END_CALL = "end_call";

  private static Reply of(String text) {
    return new Reply(text, null, "");
  }

  private static Reply goodbye(String text) {
    return new Reply(text, END_CALL, "{}");
  }

  /// @param script `sandbox` books by itself, `sandbox-tool` with a tool, `sandbox-talkative`
  ///   begins with a long sentence
  /// @param said by the caller, in lower case
  /// @param toolIsDone whether it was told the result of a tool since
  /// @param asked what it was told to use, null for `book_table`
  static Reply to(String script, List<String> said, boolean toolIsDone, @Nullable Reply asked) {
    if (said.isEmpty()) {
      return of("Hello, this is the Callbridge demo line. How can I help you?");
    }
    String all = String.join(" ", said);
    String last = said.getLast();
    boolean whole = all.contains("two") && all.contains("friday");
    if (last.contains("one moment")) {
      return of("Of course, go ahead.");
    } else if (whole && script.equals("sandbox-tool") && !toolIsDone) {
      return asked != null
          ? asked
          : new Reply("", "book_table", "{\"people\":2,\"day\":\"Friday\",\"time\":\"19:00\"}");
    } else if (whole) {
      return goodbye("You are booked for two on Friday at seven. Goodbye.");
    } else if (last.contains("goodbye")) {
      return goodbye("Thank you for calling. Goodbye.");
    } else if (script.equals("sandbox-talkative") && last.contains("book a table")) {
      return of(
          "Before we begin, let me tell you about this evening. We have fresh fish from the harbour"
              + " and live music after eight.");
    } else if (last.contains("two")) {
      return of("And on which day, and at what time?");
    } else if (last.contains("book a table")) {
      return of("With pleasure. For how many people?");
    }
    return of("I am sorry, I did not catch that.");
  }
}
