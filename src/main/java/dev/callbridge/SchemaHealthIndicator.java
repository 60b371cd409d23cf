package dev.callbridge;

import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Brings the schema up to date at the start; where the database is not there yet, as soon as it
/// is. Until then callers hear an apology, and readiness says no.
///
/// A schema that does not fit (newer than this program, changed by hand) ends the start.
@Component("schemaHealthIndicator")
class SchemaHealthIndicator implements FlywayMigrationStrategy, HealthIndicator, DisposableBean {

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(SchemaHealthIndicator.class);

  private volatile boolean current;
  private volatile @Nullable Thread trying;

  /// @param migrates false where somebody else sees to the schema
  SchemaHealthIndicator(@Value("${spring.flyway.enabled:true}") boolean migrates) {
    current = !migrates;
  }

  @Override
  public void migrate(Flyway flyway) {
    try {
      flyway.migrate();
      current = true;
    } catch (FlywayException e) {
      if (!isAway(e)) {
        throw unfit(e);
      }
      LOG.warn("the database is not there: calls hear an apology until it is");
      trying = Thread.ofPlatform().daemon().name("migrations").start(() -> keepTrying(flyway));
    }
  }

  private void keepTrying(Flyway flyway) {
    while (!current) {
      try {
        Thread.sleep(PAUSE);
        flyway.migrate();
        current = true;
        LOG.info("the database is there, and its schema up to date");
      } catch (InterruptedException e) {
        return;
      } catch (FlywayException e) {
        if (!isAway(e)) {
          LOG.error("the schema cannot be brought up to date: not ready until it is mended", e);
          return;
        }
      }
    }
  }

  /// Flyway's own words go on to advise a repair, which would only hide it.
  private static RuntimeException unfit(FlywayException e) {
    return e instanceof FlywayValidateException
        ? new IllegalStateException(
            "the schema in the database is not one of this release: it is of a later one, or was changed by hand",
            e)
        : e;
  }

  /// SQL states of class 08 are about the connection, 57P03 is a server that is still starting.
  private static boolean isAway(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() instanceof String state
          && (state.startsWith("08") || state.startsWith("57P"))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Health health() {
    return current
        ? Health.up().build()
        : Health.outOfService().withDetail("schema", "not up to date").build();
  }

  @Override
  public void destroy() {
    Thread thread = trying;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
