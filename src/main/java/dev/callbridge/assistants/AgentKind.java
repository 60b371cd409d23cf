package dev.callbridge.assistants;

/// What the agent of an assistant is.
public enum AgentKind {
  /// An agent on ElevenLabs's platform, by its id there.
  ELEVENLABS,
  /// Put together here, by the settings.
  OWN,
  /// Says one thing, asks to confirm it, and hangs up.
  ANNOUNCEMENT
}
