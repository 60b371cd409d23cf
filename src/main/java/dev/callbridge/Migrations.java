package dev.callbridge;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.flyway.autoconfigure.FlywayConnectionDetails;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The migrations run against the database that the application uses, by JDBC, once, at start-up.
@Configuration(proxyBeanMethods = false)
class Migrations {

  @Bean
  @ConditionalOnMissingBean
  FlywayConnectionDetails flywayConnectionDetails(R2dbcConnectionDetails database) {
    ConnectionFactoryOptions options = database.getConnectionFactoryOptions();
    return new FlywayConnectionDetails() {
      @Override
      public String getJdbcUrl() {
        Object port = options.getValue(ConnectionFactoryOptions.PORT);
        return "jdbc:postgresql://%s:%s/%s"
            .formatted(
                options.getRequiredValue(ConnectionFactoryOptions.HOST),
                port == null ? 5432 : port,
                options.getRequiredValue(ConnectionFactoryOptions.DATABASE));
      }

      @Override
      public @Nullable String getUsername() {
        return text(ConnectionFactoryOptions.USER);
      }

      @Override
      public @Nullable String getPassword() {
        return text(ConnectionFactoryOptions.PASSWORD);
      }

      private @Nullable String text(Option<? extends CharSequence> option) {
        Object value = options.getValue(option);
        return value == null ? null : value.toString();
      }
    };
  }
}
