package dev.callbridge.tools;

/// What an agent is told.
///
/// @param text JSON, or a sentence that the agent can use
/// @param isError it was not done; the text says why
public record ToolResult(String text, boolean isError) {

  public static ToolResult done(String text) {
    return new ToolResult(text, false);
  }

  public static ToolResult refused(String why) {
    return new ToolResult(why, true);
  }

  @Override
  public String toString() {
    return "ToolResult[" + text.length() + " characters, isError=" + isError + "]";
  }
}
