package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.secrets.Secret;
import io.r2dbc.spi.ConnectionFactories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import reactor.test.StepVerifier;

/// Keys while the database is away: nobody listens where it should be.
final class KeyAuthenticationTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final AccessSettings settings =
      new AccessSettings(
          List.of(new Secret("ops:admin:configured")),
          List.of(),
          new AccessSettings.Limits(1, 1, 1, 1),
          new AccessSettings.SignIn(1, Duration.ZERO, Duration.ZERO, 1),
          2,
          0);

  private final KeyAuthentication keys;

  KeyAuthenticationTests() throws IOException {
    keys =
        new KeyAuthentication(
            new ConfiguredKeys(settings),
            new StoredKeys(
                DatabaseClient.create(
                    ConnectionFactories.get(
                        "r2dbc:postgresql://nobody@127.0.0.1:" + freePort() + "/nothing"))),
            settings,
            new ClientAddress(settings));
  }

  @Test
  void aConfiguredKeyNeedsNoDatabase() {
    StepVerifier.create(keys.authenticate(new KeyClaim(new Secret("configured"), "here")))
        .assertNext(grant -> assertThat(grant.getName()).isEqualTo("ops"))
        .expectComplete()
        .verify(SOON);
  }

  /// Not wrong: nobody knows. Nor does it count as a failure.
  @Test
  void aStoredKeyCannotBeChecked() {
    for (int i = 0; i < 3; i++) {
      StepVerifier.create(keys.authenticate(new KeyClaim(new Secret(Keys.make()), "here")))
          .expectError(AuthenticationServiceException.class)
          .verify(SOON);
    }
  }

  @Test
  void whatCannotBeAKeyOfOursIsWrongWithoutTheDatabase() {
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(keys.authenticate(new KeyClaim(new Secret("guess"), "here")))
          .expectError(BadCredentialsException.class)
          .verify(SOON);
    }
    StepVerifier.create(keys.authenticate(new KeyClaim(new Secret("guess"), "here")))
        .expectError(KeyAuthentication.TooManyFailures.class)
        .verify(SOON);
    StepVerifier.create(keys.authenticate(new KeyClaim(new Secret("guess"), "elsewhere")))
        .expectError(BadCredentialsException.class)
        .verify(SOON);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
