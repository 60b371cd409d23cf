package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.ToxicProxy;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.r2dbc.core.DatabaseClient;

/// A pool on a path that dies without a word.
@CallbridgeTest
final class FreshConnectionsTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int CONNECTIONS = 3;

  @Autowired private R2dbcConnectionDetails details;

  @Test
  void whoWaitedInVainIsNotMetAgainOnceThatIsKnown() throws IOException {
    ConnectionFactoryOptions options = details.getConnectionFactoryOptions();
    int port = (Integer) options.getRequiredValue(ConnectionFactoryOptions.PORT);
    FreshConnections fresh = new FreshConnections();
    try (ToxicProxy path = ToxicProxy.before(port)) {
      ConnectionPool pool =
          new ConnectionPool(
              ConnectionPoolConfiguration.builder(
                      fresh.decorate(
                          ConnectionFactories.get(
                              options
                                  .mutate()
                                  .option(ConnectionFactoryOptions.PORT, path.port())
                                  .build())))
                  .initialSize(CONNECTIONS)
                  .maxSize(CONNECTIONS)
                  .acquireRetry(CONNECTIONS)
                  .build());
      pool.warmup().block(SOON);
      assertThat(answers(pool, SOON)).isTrue();
      assertThat(path.accepted()).as("as long as all is well").isEqualTo(CONNECTIONS);

      path.swallow();
      assertThatThrownBy(() -> answers(pool, Duration.ofMillis(300)))
          .hasCauseInstanceOf(TimeoutException.class);
      path.heal();
      fresh.doubt();

      for (int i = 0; i < 2 * CONNECTIONS; i++) {
        assertThat(answers(pool, SOON)).isTrue();
      }
      pool.disposeLater().block(SOON);
    }
  }

  private static boolean answers(ConnectionPool pool, Duration atMost) {
    return Boolean.TRUE.equals(
        DatabaseClient.create(pool)
            .sql("SELECT true AS there")
            .map(row -> Boolean.TRUE.equals(row.get("there", Boolean.class)))
            .one()
            .timeout(atMost)
            .block(SOON));
  }
}
