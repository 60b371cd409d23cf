package dev.callbridge.bridge;

import dev.callbridge.twilio.ToTwilio;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether the caller has heard the agent at all. That audio was sent proves nothing: the caller
/// may have hung up before it came.
///
/// Twilio proves it by returning a mark after what has played. The first stretch gets one of its
/// own early on, since a caller who hears half of a long greeting has heard the agent. Where no
/// mark ever comes, a line that is still alive long after the audio was sent is proof enough.
final class FirstHeard {

  /// Base64 text of the first 199.9 ms of μ-law 8 kHz: whole groups of four.
  private static final int EARLY = 2_132;

  private static final long ALIVE = Duration.ofSeconds(2).toNanos();

  private final String streamSid;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private @Nullable Instant sent;
  private long sentNanos;
  private @Nullable String outstanding;
  private int sequence;
  private boolean heard;

  FirstHeard(String streamSid, Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.streamSid = streamSid;
    this.nanoTime = nanoTime;
  }

  /// What is about to be played, with a mark in it as long as it is needed.
  List<ToTwilio> playing(List<ToTwilio> played) {
    if (heard || outstanding != null || !(played.getFirst() instanceof ToTwilio.Media first)) {
      return played;
    }
    if (sent == null) {
      sent = clock.instant();
      sentNanos = nanoTime.getAsLong();
    }
    byte[] payload = first.payload();
    if (payload.length <= EARLY) {
      return played;
    }
    outstanding = "heard:" + sequence++;
    return List.of(
        new ToTwilio.Media(streamSid, Arrays.copyOf(payload, EARLY)),
        new ToTwilio.Mark(streamSid, outstanding),
        new ToTwilio.Media(streamSid, Arrays.copyOfRange(payload, EARLY, payload.length)),
        played.getLast());
  }

  /// A `clear` brings marks back that prove nothing.
  void cleared() {
    outstanding = null;
  }

  /// A person speaks now: what comes back from here on is not the agent's.
  void takenOver() {
    outstanding = null;
    if (!heard) {
      sent = null;
    }
  }

  /// @param played it is the mark of a stretch that has played to its end
  /// @return when what is now known to be heard was sent; null unless this is news
  @Nullable Instant markReturned(String name, boolean played) {
    return name.equals(outstanding) || played ? prove() : null;
  }

  /// @return as [#markReturned]
  @Nullable Instant callerHeard() {
    return sent != null && !heard && nanoTime.getAsLong() - sentNanos >= ALIVE ? prove() : null;
  }

  private @Nullable Instant prove() {
    if (heard || sent == null) {
      return null;
    }
    heard = true;
    return sent;
  }
}
