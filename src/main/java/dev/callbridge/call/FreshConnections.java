package dev.callbridge.call;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Wrapped;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.reactivestreams.Publisher;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Has the pool give up every connection from before the database last failed to answer in time.
///
/// A path can die without a word: what is sent is taken, and nothing comes back. Such a connection
/// looks open, and goes back to the pool with the statement that nobody waits for any more still in
/// it; whoever gets it next waits in vain behind that. To ask each connection first would cost a
/// round trip for every statement of every healthy day, so it is only remembered when one waited in
/// vain.
@Component
class FreshConnections implements ConnectionFactoryDecorator {

  /// Of the system's nanoseconds.
  private volatile long doubtedAt = System.nanoTime();

  /// An answer did not come in time.
  void doubt() {
    doubtedAt = System.nanoTime();
  }

  @Override
  public ConnectionFactory decorate(ConnectionFactory database) {
    return new Doubting(database);
  }

  private final class Doubting implements ConnectionFactory, Wrapped<ConnectionFactory> {

    private final ConnectionFactory database;

    Doubting(ConnectionFactory database) {
      this.database = database;
    }

    @Override
    public Publisher<? extends Connection> create() {
      return Flux.from(database.create()).map(this::doubted);
    }

    /// The same connection, but for what it says of its own health.
    private Connection doubted(Connection connection) {
      long openedAt = System.nanoTime();
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              ClassUtils.getAllInterfacesForClass(connection.getClass()),
              (_, method, arguments) -> {
                if (method.getName().equals("validate") && openedAt - doubtedAt < 0) {
                  return Mono.just(false);
                }
                try {
                  return method.invoke(connection, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause() == null ? e : e.getCause();
                }
              });
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return database.getMetadata();
    }

    @Override
    public ConnectionFactory unwrap() {
      return database;
    }
  }
}
