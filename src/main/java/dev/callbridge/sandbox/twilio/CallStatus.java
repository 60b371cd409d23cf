package dev.callbridge.sandbox.twilio;

/// Where a call stands, in the words of status callbacks and of REST, which has no `initiated`.
enum CallStatus {
  QUEUED("queued", "queued", ""),
  INITIATED("initiated", "queued", "initiated"),
  RINGING("ringing", "ringing", "ringing"),
  IN_PROGRESS("in-progress", "in-progress", "answered"),
  COMPLETED("completed", "completed", "completed"),
  BUSY("busy", "busy", "completed"),
  FAILED("failed", "failed", "completed"),
  NO_ANSWER("no-answer", "no-answer", "completed"),
  CANCELED("canceled", "canceled", "completed");

  final String wire;
  final String rest;

  /// The `StatusCallbackEvent` that asks to hear of it.
  final String event;

  CallStatus(String wire, String rest, String event) {
    this.wire = wire;
    this.rest = rest;
    this.event = event;
  }

  boolean isFinal() {
    return compareTo(COMPLETED) >= 0;
  }
}
