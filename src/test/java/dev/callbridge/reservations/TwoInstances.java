package dev.callbridge.reservations;

import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactory;
import java.util.List;
import org.springframework.boot.r2dbc.ConnectionFactoryBuilder;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;

/// `make_reservation` on two instances of one database: what they share is the database and nothing
/// else, each has connections of its own.
final class TwoInstances implements AutoCloseable {

  private static final int CONNECTIONS = 5;

  private final List<ConnectionPool> pools;
  private final List<Tool> tools;

  TwoInstances(ConnectionFactory database, CallStore calls) {
    pools = List.of(pool(database), pool(database));
    tools = pools.stream().map(pool -> make(pool, calls)).toList();
  }

  private static ConnectionPool pool(ConnectionFactory database) {
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(ConnectionFactoryBuilder.derivedFrom(database).build())
            .initialSize(CONNECTIONS)
            .maxSize(CONNECTIONS)
            .build());
  }

  private static Tool make(ConnectionPool pool, CallStore calls) {
    DatabaseClient database = DatabaseClient.create(pool);
    TransactionalOperator transaction =
        TransactionalOperator.create(new R2dbcTransactionManager(pool));
    return new MakeReservation(
        new GuestTools(
            new Restaurants(database, transaction),
            new Book(database),
            new Reservations(database),
            new Acts(database, transaction)),
        calls);
  }

  Mono<ToolResult> ask(int instance, ToolRequest request) {
    return Mono.defer(() -> tools.get(instance).run(request));
  }

  /// As an agent does that is told that it does not work right now: on a busy machine it may have
  /// to ask again.
  Mono<ToolResult> insist(int instance, ToolRequest request) {
    return ask(instance, request)
        .filter(result -> !result.text().equals(Acts.NOT_NOW))
        .repeatWhenEmpty(20, again -> again);
  }

  @Override
  public void close() {
    pools.forEach(pool -> pool.disposeLater().block(Callbridge.SOON));
  }
}
