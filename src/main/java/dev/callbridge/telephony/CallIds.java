package dev.callbridge.telephony;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Call ids in the addresses we gave Twilio.
final class CallIds {

  private CallIds() {}

  static Optional<UUID> parse(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(UUID::fromString);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
