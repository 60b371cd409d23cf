package dev.callbridge.tools;

/// A tool that does not work at the moment, in words an agent can use.
public final class ToolException extends RuntimeException {

  private final String words;

  public ToolException(String words) {
    super(words, null, false, false);
    this.words = words;
  }

  public String words() {
    return words;
  }
}
