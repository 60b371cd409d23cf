package dev.callbridge.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/// Ports of this run's own, so that it disturbs nobody, and the database.
final class TestEnvironment
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Map<String, Object> settings = new LinkedHashMap<>(TestPostgres.settings());
    settings.put("server.port", freePort());
    settings.put("management.server.port", freePort());
    settings.put("callbridge.sandbox.twilio-port", freePort());
    settings.put("callbridge.sandbox.elevenlabs-port", freePort());
    settings.put("callbridge.sandbox.demo", false);
    settings.put("callbridge.sandbox.speed-up", 5);
    // So that a test can come from an address of its own.
    settings.put("callbridge.access.proxies", 1);
    settings.put("callbridge.diagnostics.keep", "1ms");
    settings.put("callbridge.diagnostics.refresh", "1s");
    settings.put("callbridge.diagnostics.recheck", "1ms");
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
