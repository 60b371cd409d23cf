package dev.callbridge.call;

/// How far a call has come. The order is the only way it moves.
public enum CallState {
  /// Stored, and nothing asked of the carrier yet.
  CREATED,
  /// The carrier was asked and gave no clear answer: it may be ringing. Never asked again.
  UNCONFIRMED,
  DIALING,
  RINGING,
  ANSWERED,
  /// The agent is ready and both voices pass.
  CONNECTED,
  /// Over, with an outcome.
  ENDED
}
