package dev.callbridge.call;

/// How a call truly ended. Lack of evidence is never success.
public enum Outcome {
  /// The agent was reached and heard, and the conversation came to an end.
  COMPLETED(true),
  /// The caller was there and the agent never was.
  AGENT_UNREACHABLE(false),
  /// The agent was there and was lost.
  AGENT_LOST(false),
  /// The caller hung up before hearing the agent.
  CALLER_ABANDONED(true),
  /// A machine answered.
  VOICEMAIL(true),
  NO_ANSWER(true),
  BUSY(true),
  /// The carrier would not or could not place the call.
  FAILED_DIAL(false),
  /// Taken back before it was answered.
  CANCELED(true),
  /// More calls than are admitted at a time.
  REJECTED_OVERLOAD(false),
  /// Not allowed: number, country, quota.
  REJECTED_POLICY(true),
  /// This process stopped while the call was on.
  INTERRUPTED(false);

  private final boolean expected;

  Outcome(boolean expected) {
    this.expected = expected;
  }

  /// False where somebody should look.
  public boolean isExpected() {
    return expected;
  }
}
