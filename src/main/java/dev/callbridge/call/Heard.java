package dev.callbridge.call;

/// What the first minute of a call's audio and words gives away about who answered.
public enum Heard {
  /// A steady tone, and then silence.
  BEEP,
  /// Words of a voicemail's greeting.
  VOICEMAIL,
  /// Words of a service that asks who calls.
  CALL_SCREENING,
  /// Words of a menu.
  IVR,
  /// Nothing at all, for as long as a person would have said something.
  SILENCE,
  /// The minute is over without a beep.
  NO_BEEP
}
