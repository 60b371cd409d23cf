package dev.callbridge.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Who is signed in, for all instances and across their restarts. A row holds a name and two
/// hashes: nothing in it is ever turned into an object, and what the person may do is read from the
/// settings each time.
@Component
final class StoredSessions {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final int MOST_KNOWN = 10_000;

  /// A use is written down when the last one is older than this part of the idle time.
  private static final int USES = 30;

  private static final String LIVE =
      """
      last_used_at > now() - make_interval(secs => :idle)
      AND signed_in_at > now() - make_interval(secs => :longest)
      """;

  private final DatabaseClient database;
  private final AccessSettings.SignIn settings;

  /// By hash, also of sessions that are not there. An entry is the question itself: a page that
  /// sends ten requests asks once.
  private final Cache<ByteBuffer, Mono<Session>> known =
      Caffeine.newBuilder()
          .maximumSize(MOST_KNOWN)
          .expireAfterWrite(StoredKeys.STALENESS)
          .executor(Runnable::run)
          .build();

  StoredSessions(DatabaseClient database, AccessSettings settings) {
    this.database = database;
    this.settings = settings.signIn();
  }

  record Session(String username, byte[] credential) {
    @Override
    public String toString() {
      return username;
    }
  }

  /// @return empty when nobody is signed in by that id, or not any more; an error when the database
  ///   does not say
  Mono<Session> find(String id) {
    return known.get(ByteBuffer.wrap(Keys.hash(id)), hash -> look(hash.array()));
  }

  /// Whether it can be told about that id without asking the database.
  boolean isKnown(String id) {
    return known.getIfPresent(ByteBuffer.wrap(Keys.hash(id))) != null;
  }

  private Mono<Session> look(byte[] hash) {
    return live("""
    WITH used AS (
      UPDATE sign_in SET last_used_at = now()
      WHERE hash = :hash AND %1$s
        AND last_used_at < now() - make_interval(secs => :idle) / %2$d)
    SELECT username, credential FROM sign_in WHERE hash = :hash AND %1$s
    """
            .formatted(LIVE, USES))
        .bind("hash", hash)
        .map(row ->
            new Session(
                Objects.requireNonNull(row.get("username", String.class)),
                Objects.requireNonNull(row.get("credential", byte[].class))))
        .one()
        .timeout(TIMEOUT)
        .cache(_ -> FOREVER, _ -> Duration.ZERO, () -> FOREVER);
  }

  /// Sweeps away those that are over. Instances that count at the same moment may be one too many
  /// each.
  ///
  /// @return false when as many are signed in as may be
  Mono<Boolean> create(String id, Session session) {
    return live("""
    WITH over AS (DELETE FROM sign_in WHERE NOT (%1$s))
    INSERT INTO sign_in (hash, username, credential)
    SELECT :hash, :username, :credential
    WHERE (SELECT count(*) FROM sign_in WHERE %1$s) < :most
    """
            .formatted(LIVE))
        .bind("hash", Keys.hash(id))
        .bind("username", session.username())
        .bind("credential", session.credential())
        .bind("most", settings.sessions())
        .fetch()
        .rowsUpdated()
        .map(rows -> rows == 1)
        .timeout(TIMEOUT);
  }

  Mono<Void> delete(String id) {
    byte[] hash = Keys.hash(id);
    return database
        .sql("DELETE FROM sign_in WHERE hash = :hash")
        .bind("hash", hash)
        .then()
        .timeout(TIMEOUT)
        .doOnSuccess(_ -> known.invalidate(ByteBuffer.wrap(hash)));
  }

  private GenericExecuteSpec live(String sql) {
    return database
        .sql(sql)
        .bind("idle", settings.idle().toMillis() / 1000.0)
        .bind("longest", settings.longest().toMillis() / 1000.0);
  }
}
