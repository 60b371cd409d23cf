package dev.callbridge.sandbox;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/// A real PostgreSQL that lives as long as this process and leaves nothing behind, unless a
/// database was named.
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
@ConditionalOnClass(EmbeddedPostgres.class)
@ConditionalOnExpression("'${spring.r2dbc.url:}' == ''")
class SandboxDatabase {

  private static final Duration STARTUP = Duration.ofSeconds(60);

  @Bean(destroyMethod = "close")
  EmbeddedPostgres embeddedPostgres() throws IOException {
    return EmbeddedPostgres.builder()
        .setPGStartupWait(STARTUP)
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "100")
        .start();
  }

  @Bean
  R2dbcConnectionDetails embeddedPostgresConnection(EmbeddedPostgres postgres) {
    return () ->
        ConnectionFactoryOptions.builder()
            .option(ConnectionFactoryOptions.DRIVER, "postgresql")
            .option(ConnectionFactoryOptions.HOST, "127.0.0.1")
            .option(ConnectionFactoryOptions.PORT, postgres.getPort())
            .option(ConnectionFactoryOptions.DATABASE, "postgres")
            .option(ConnectionFactoryOptions.USER, "postgres")
            .option(ConnectionFactoryOptions.PASSWORD, "postgres")
            .build();
  }
}
