package dev.callbridge.twilio;

/// A message to Twilio over a bidirectional Media Stream. Twilio drops whatever carries a field
/// more or less than these (warning 31951), so there are no others.
public sealed interface ToTwilio {

  /// The stream this is for, as its `start` named it.
  String streamSid();

  /// Audio to play after what is already queued; any length.
  ///
  /// @param payload base64 text, as bytes, of μ-law 8 kHz mono without a header
  record Media(String streamSid, byte[] payload) implements ToTwilio {}

  /// Comes back as [FromTwilio.Mark] when the audio before it has played.
  ///
  /// @param name letters, digits and `:._-` only
  record Mark(String streamSid, String name) implements ToTwilio {}

  /// Throws away what is queued and not yet played. Every outstanding mark comes back at once.
  record Clear(String streamSid) implements ToTwilio {}
}
