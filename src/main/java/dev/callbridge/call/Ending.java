package dev.callbridge.call;

/// How one media session of a call ended.
public enum Ending {
  /// Twilio said `stop` or closed the socket first.
  CALLER_HUNG_UP(EndedBy.CALLER, true),
  /// The agent ended the conversation, and its last words were played.
  AGENT_ENDED(EndedBy.AGENT, true),
  /// The agent handed the caller to a person. Whether the call is over, the line says after that.
  TRANSFERRED(EndedBy.AGENT, false),
  /// The conversation had lasted as long as it may.
  LIMIT_REACHED(EndedBy.LIMIT, true),
  AGENT_UNREACHABLE(EndedBy.RELAY, false),
  AGENT_LOST(EndedBy.RELAY, false),
  /// The caller's side stopped without a word: no audio, a broken connection, a socket that takes
  /// nothing.
  LINE_LOST(EndedBy.CARRIER, false),
  /// The caller's side broke the protocol.
  LINE_REFUSED(EndedBy.RELAY, false),
  /// This process is going down.
  INTERRUPTED(EndedBy.RELAY, false);

  private final EndedBy by;
  private final boolean deliberate;

  Ending(EndedBy by, boolean deliberate) {
    this.by = by;
    this.deliberate = deliberate;
  }

  public EndedBy by() {
    return by;
  }

  /// Somebody wanted the call to end; after any other ending the line may still be up.
  public boolean isDeliberate() {
    return deliberate;
  }
}
