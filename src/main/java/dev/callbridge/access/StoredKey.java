package dev.callbridge.access;

import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallRights.Quotas;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A row of `api_key`. Limits that are null are those of the settings.
record StoredKey(
    UUID id,
    String name,
    String prefix,
    Set<Scope> scopes,
    @Nullable Set<String> countries,
    Limits limits,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {

  record Limits(
      @Nullable Integer requestsPerMinute,
      @Nullable Integer concurrentCalls,
      @Nullable Integer callsPerDay,
      @Nullable Integer callsPerDestinationPerDay) {

    AccessSettings.Limits or(AccessSettings.Limits others) {
      return new AccessSettings.Limits(
          or(requestsPerMinute, others.requestsPerMinute()),
          or(concurrentCalls, others.concurrentCalls()),
          or(callsPerDay, others.callsPerDay()),
          or(callsPerDestinationPerDay, others.callsPerDestinationPerDay()));
    }

    private static int or(@Nullable Integer own, int other) {
      return own == null ? other : own;
    }
  }

  static StoredKey of(Readable row) {
    String @Nullable [] countries = row.get("countries", String[].class);
    return new StoredKey(
        required(row, "id", UUID.class),
        required(row, "name", String.class),
        required(row, "prefix", String.class),
        Arrays.stream(required(row, "scopes", String[].class))
            .map(text -> Scope.of(text).orElseThrow())
            .collect(Collectors.toUnmodifiableSet()),
        countries == null ? null : Set.copyOf(List.of(countries)),
        new Limits(
            row.get("requests_per_minute", Integer.class),
            row.get("concurrent_calls", Integer.class),
            row.get("calls_per_day", Integer.class),
            row.get("calls_per_destination_per_day", Integer.class)),
        required(row, "created_at", Instant.class),
        row.get("expires_at", Instant.class),
        row.get("revoked_at", Instant.class),
        row.get("last_used_at", Instant.class));
  }

  private static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), column);
  }

  boolean isRevoked() {
    return revokedAt != null;
  }

  boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  Grant grant(AccessSettings.Limits defaults) {
    AccessSettings.Limits own = limits.or(defaults);
    Quotas quotas = own.quotas();
    return Grant.ofKey(scopes, new CallRights(name, countries, quotas), own.requestsPerMinute());
  }
}
