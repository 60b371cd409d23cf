package dev.callbridge.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/// Ports of this run's own, so that it disturbs nobody, and the database.
final class TestEnvironment
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final int FIRST_PORT = 15_000;
  private static final int LAST_PORT = 30_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

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

  /// Below those that the kernel gives to connections: one of them could be taken by the next
  /// connection of anybody before a server listens at it.
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (GIVEN.add(port)) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        // Somebody listens there.
        continue;
      }
    }
  }
}
