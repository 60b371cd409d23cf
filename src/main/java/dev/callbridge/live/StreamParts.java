package dev.callbridge.live;

import dev.callbridge.call.EventLog;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.r2dbc.ConnectionFactoryBuilder;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// What the stream has for itself, so that no call waits for it: connections to the database, two
/// threads, and the newest frames.
@Component
class StreamParts implements DisposableBean {

  /// Those who come back from further behind read here, and wait for each other.
  private static final int READERS = 3;

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final ConnectionFactory database;
  private final ConnectionPool readers;
  private final EventLog past;
  private final FrameRing ring;
  private final Scheduler scheduler = Schedulers.newParallel("call-stream", 2);

  StreamParts(ConnectionFactory calls, StreamSettings settings) {
    database = ConnectionFactoryBuilder.derivedFrom(calls).build();
    readers =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(database)
                .initialSize(0)
                .minIdle(0)
                .maxSize(READERS)
                .maxAcquireTime(CONNECT)
                .maxCreateConnectionTime(CONNECT)
                .maxIdleTime(Duration.ofMinutes(1))
                .build());
    past = new EventLog(DatabaseClient.create(readers));
    ring = new FrameRing(settings.ring());
  }

  /// A connection that nobody else has, to be closed by whoever asked for it.
  Mono<PostgresqlConnection> connect() {
    return Mono.from(database.create()).cast(PostgresqlConnection.class).timeout(CONNECT);
  }

  EventLog past() {
    return past;
  }

  FrameRing ring() {
    return ring;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void destroy() {
    readers.dispose();
    scheduler.dispose();
  }
}
