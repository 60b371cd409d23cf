package dev.callbridge.bridge;

import dev.callbridge.call.Ending;

/// The caller's side of a call failed.
final class LineException extends RuntimeException {

  private final Ending ending;
  private final String reason;

  LineException(Ending ending, String reason) {
    super("the line failed: " + reason, null, false, false);
    this.ending = ending;
    this.reason = reason;
  }

  Ending ending() {
    return ending;
  }

  String reason() {
    return reason;
  }
}
