package dev.callbridge.twilio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Twilio's words for where a phone call is. `COMPLETED` says only that it was answered and is
/// over: a voicemail and a conversation end alike.
public enum CallStatus {
  QUEUED("queued"),
  INITIATED("initiated"),
  RINGING("ringing"),
  IN_PROGRESS("in-progress"),
  COMPLETED("completed"),
  BUSY("busy"),
  FAILED("failed"),
  NO_ANSWER("no-answer"),
  CANCELED("canceled");

  private final String wireName;

  CallStatus(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /// No status follows this one.
  public boolean isTerminal() {
    return compareTo(COMPLETED) >= 0;
  }

  /// The status of that name, or null for one that Twilio has added since.
  public static @Nullable CallStatus parse(@Nullable String wireName) {
    return Arrays.stream(values())
        .filter(status -> status.wireName.equals(wireName))
        .findFirst()
        .orElse(null);
  }
}
