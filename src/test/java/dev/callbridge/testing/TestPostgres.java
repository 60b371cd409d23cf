package dev.callbridge.testing;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// Where the tests' PostgreSQL comes from: a container where a Docker engine has the image already,
/// else the sandbox's embedded one. `-Dtest.postgres=docker` or `embedded` decides instead.
final class TestPostgres {

  private static final String IMAGE = "postgres:18-alpine";

  private TestPostgres() {}

  /// Settings that name the container's database, or none for the embedded one.
  static Map<String, Object> settings() {
    return switch (System.getProperty("test.postgres", "auto")) {
      case "docker" -> Container.settings();
      case "embedded" -> Map.of();
      case "auto" -> imageIsHere() ? Container.settings() : Map.of();
      case String other ->
          throw new IllegalArgumentException(
              "test.postgres is " + other + ", not auto, docker or embedded");
    };
  }

  /// Asks the engine itself: Testcontainers' own probe tries for minutes to pull what it needs.
  private static boolean imageIsHere() {
    try {
      Process docker =
          new ProcessBuilder("docker", "image", "inspect", IMAGE)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return docker.waitFor(5, TimeUnit.SECONDS) && docker.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static final class Container {
    private static final PostgreSQLContainer POSTGRES = new PostgreSQLContainer(IMAGE);

    static synchronized Map<String, Object> settings() {
      POSTGRES.start();
      return Map.of(
          "spring.r2dbc.url",
          "r2dbc:postgresql://%s:%d/%s"
              .formatted(
                  POSTGRES.getHost(), POSTGRES.getFirstMappedPort(), POSTGRES.getDatabaseName()),
          "spring.r2dbc.username",
          POSTGRES.getUsername(),
          "spring.r2dbc.password",
          POSTGRES.getPassword());
    }
  }
}
