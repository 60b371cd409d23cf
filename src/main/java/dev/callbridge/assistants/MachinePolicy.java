package dev.callbridge.assistants;

/// What is done about an answering machine.
public enum MachinePolicy {
  HANG_UP,
  /// Waits for the beep and has the assistant's message spoken.
  LEAVE_MESSAGE,
  /// The agent talks to it; that it was one is in the outcome all the same.
  CARRY_ON
}
