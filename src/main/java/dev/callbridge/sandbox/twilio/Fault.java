package dev.callbridge.sandbox.twilio;

/// A webhook, or the TwiML it gave, cannot be used. The code is Twilio's, as `ErrorCode` carries
/// it.
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int code;
  final String why;

  Fault(int code, String message) {
    super(message, null, false, false);
    this.code = code;
    this.why = message;
  }
}
