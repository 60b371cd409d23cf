package dev.callbridge.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The keys that were made through the API. Only their hashes are kept.
@Component
final class StoredKeys {

  /// How long a key that was revoked by another instance may still be taken here.
  static final Duration STALENESS = Duration.ofSeconds(2);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final int MOST_KNOWN = 10_000;

  private final DatabaseClient database;

  /// By hash, also of keys that are not there. An entry is the question itself, so that many who
  /// come with the same key ask once; its age is counted from when it was asked.
  private final Cache<ByteBuffer, Mono<StoredKey>> known =
      Caffeine.newBuilder()
          .maximumSize(MOST_KNOWN)
          .expireAfterWrite(STALENESS)
          .executor(Runnable::run)
          .build();

  StoredKeys(DatabaseClient database) {
    this.database = database;
  }

  /// @return empty when there is no such key; an error when the database does not say
  Mono<StoredKey> find(String key) {
    return known.get(ByteBuffer.wrap(Keys.hash(key)), hash -> look(hash.array()));
  }

  /// Whether it can be told about that key without asking the database.
  boolean isKnown(String key) {
    return known.getIfPresent(ByteBuffer.wrap(Keys.hash(key))) != null;
  }

  private Mono<StoredKey> look(byte[] hash) {
    return database
        .sql(
            """
            WITH used AS (
              UPDATE api_key SET last_used_at = now()
              WHERE hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
                AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute'))
            SELECT * FROM api_key WHERE hash = :hash
            """)
        .bind("hash", hash)
        .map(StoredKey::of)
        .one()
        .timeout(TIMEOUT)
        .cache(_ -> FOREVER, _ -> Duration.ZERO, () -> FOREVER);
  }

  Mono<StoredKey> create(UUID id, String key, NewApiKey.Checked wanted) {
    GenericExecuteSpec insert =
        database
            .sql(
                """
                INSERT INTO api_key (id, name, hash, prefix, scopes, countries, requests_per_minute,
                  concurrent_calls, calls_per_day, calls_per_destination_per_day, expires_at)
                VALUES (:id, :name, :hash, :prefix, :scopes, :countries, :requests,
                  :concurrent, :day, :destination, :expires)
                RETURNING *
                """)
            .bind("id", id)
            .bind("name", wanted.name())
            .bind("hash", Keys.hash(key))
            .bind("prefix", Keys.prefix(key))
            .bind("scopes", wanted.scopes().stream().map(Scope::text).toArray(String[]::new));
    var countries = wanted.countries();
    insert =
        bind(
            insert,
            "countries",
            countries == null ? null : countries.toArray(String[]::new),
            String[].class);
    StoredKey.Limits limits = wanted.limits();
    insert = bind(insert, "requests", limits.requestsPerMinute(), Integer.class);
    insert = bind(insert, "concurrent", limits.concurrentCalls(), Integer.class);
    insert = bind(insert, "day", limits.callsPerDay(), Integer.class);
    insert = bind(insert, "destination", limits.callsPerDestinationPerDay(), Integer.class);
    return bind(insert, "expires", wanted.expiresAt(), Instant.class)
        .map(StoredKey::of)
        .one()
        .timeout(TIMEOUT);
  }

  /// Revoking again changes nothing.
  ///
  /// @return empty when there is no key of that id
  Mono<StoredKey> revoke(UUID id) {
    return database
        .sql(
            """
            UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id RETURNING *
            """)
        .bind("id", id)
        .map(StoredKey::of)
        .one()
        .timeout(TIMEOUT)
        .doOnNext(_ -> known.invalidateAll());
  }

  Mono<StoredKey> find(UUID id) {
    return database
        .sql("SELECT * FROM api_key WHERE id = :id")
        .bind("id", id)
        .map(StoredKey::of)
        .one()
        .timeout(TIMEOUT);
  }

  /// Newest first, those older than `before` where it is given.
  Flux<StoredKey> list(@Nullable UUID before, int limit) {
    GenericExecuteSpec select =
        database
            .sql(
                """
                SELECT * FROM api_key WHERE CAST(:before AS uuid) IS NULL OR id < :before
                ORDER BY id DESC LIMIT :limit
                """)
            .bind("limit", limit);
    return bind(select, "before", before, UUID.class).map(StoredKey::of).all().timeout(TIMEOUT);
  }

  private static <T> GenericExecuteSpec bind(
      GenericExecuteSpec statement, String name, @Nullable T value, Class<T> type) {
    return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
  }
}
