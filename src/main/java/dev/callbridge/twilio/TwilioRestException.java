package dev.callbridge.twilio;

import org.jspecify.annotations.Nullable;

/// What became of a REST request that did not succeed, sorted by what may be done next.
public final class TwilioRestException extends RuntimeException {

  public enum Kind {
    /// Twilio refused it: nothing was done, and asking again will not help.
    REFUSED,
    /// Too many requests at once (20429): never processed, safe to send again.
    RATE_LIMITED,
    /// The credentials are known to be refused: nothing was sent.
    NOT_ASKED,
    /// The connection was never made: nothing was done.
    UNREACHABLE,
    /// A time-out, a 5xx, a lost or unreadable answer: it may have been done. Never send again.
    AMBIGUOUS
  }

  private final Kind kind;
  private final @Nullable Integer code;
  private final int status;

  TwilioRestException(Kind kind, int status, @Nullable Integer code, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }

  public Kind kind() {
    return kind;
  }

  /// Twilio's error code, such as 21211, where the answer had one.
  public @Nullable Integer code() {
    return code;
  }

  /// The HTTP status, 0 without an answer.
  public int status() {
    return status;
  }

  /// A call that is over already: asking to end it has nothing left to do (21220, 20404).
  public boolean isAlreadyOver() {
    return code != null && (code == 21220 || code == 20404);
  }
}
