package dev.callbridge.call;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A call that was not stored because its asker has had all of a quota.
public final class QuotaExceededException extends RuntimeException {

  /// Which one, by its name in the API.
  public enum Quota {
    CONCURRENT_CALLS("concurrentCalls"),
    CALLS_PER_DAY("callsPerDay"),
    CALLS_PER_DESTINATION_PER_DAY("callsPerDestinationPerDay");

    private final String field;

    Quota(String field) {
      this.field = field;
    }

    public String field() {
      return field;
    }
  }

  private final Quota quota;
  private final int limit;
  private final transient @Nullable Instant freesAt;

  QuotaExceededException(Quota quota, int limit, @Nullable Instant freesAt) {
    super("the quota %s of %d is used up".formatted(quota.field(), limit), null, false, false);
    this.quota = quota;
    this.limit = limit;
    this.freesAt = freesAt;
  }

  public Quota quota() {
    return quota;
  }

  public int limit() {
    return limit;
  }

  /// When there is room for one more; null where that takes the end of a call, which nobody knows.
  public @Nullable Instant freesAt() {
    return freesAt;
  }
}
