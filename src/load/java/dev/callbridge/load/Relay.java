package dev.callbridge.load;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The relay under test: a process of its own with its own database, or one that already runs.
///
/// @param pid 0 where it is not known, and then processor time and memory are not measured
record Relay(URI url, long pid, @Nullable Process process, @Nullable EmbeddedPostgres database)
    implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
  private static final int TAIL_LINES = 40;

  /// One that rehearses writes down what it learned before it is gone.
  private static final int STOP_SECONDS = 120;

  static Relay attach(URI url, long pid) {
    return new Relay(url, pid, null, null);
  }

  static Relay start(Options options, Cores cores, int vendorPort, Account account)
      throws IOException, InterruptedException {
    return start(options, cores, vendorPort, account, Map.of());
  }

  /// @param more settings of its environment
  static Relay start(
      Options options, Cores cores, int vendorPort, Account account, Map<String, String> more)
      throws IOException, InterruptedException {
    int port = freePort();
    int management = freePort();
    var database =
        EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
    Path log = options.output().resolve("relay.log");
    var builder = new ProcessBuilder(command(options, cores));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    // Nobody's real accounts and no profile of theirs.
    environment
        .keySet()
        .removeIf(name -> name.matches("(TWILIO|ELEVEN|SPRING|CALLBRIDGE|WEBHOOK|VOICE)_?.*"));
    environment.putAll(environment(vendorPort, port, management, account));
    environment.putAll(more);
    environment.put("CALLBRIDGE_JOURNAL", options.output().resolve("journal").toString());
    environment.put(
        "SPRING_R2DBC_URL", "r2dbc:postgresql://127.0.0.1:" + database.getPort() + "/postgres");
    Process process = builder.start();
    URI url = URI.create("http://127.0.0.1:" + port);
    var relay = new Relay(url, process.pid(), process, database);
    Runtime.getRuntime().addShutdownHook(new Thread(relay::close));
    relay.awaitReady(URI.create("http://127.0.0.1:" + management), log);
    return relay;
  }

  private static List<String> command(Options options, Cores cores) throws IOException {
    var command = new ArrayList<>(cores.relayPrefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options.relayJavaOptions());
    command.add("-cp");
    command.add(ClassPath.of(options));
    command.add(options.relayMain());
    return command;
  }

  private static Map<String, String> environment(
      int vendorPort, int port, int management, Account account) {
    String vendor = "http://127.0.0.1:" + vendorPort;
    return Map.ofEntries(
        Map.entry("TWILIO_ACCOUNT_SID", Account.SID),
        Map.entry("TWILIO_AUTH_TOKEN", account.authToken()),
        Map.entry("TWILIO_PHONE_NUMBER", Account.NUMBER),
        Map.entry("TWILIO_API_URL", vendor),
        Map.entry("ELEVENLABS_API_KEY", Account.ELEVENLABS_KEY),
        Map.entry("ELEVENLABS_AGENT_ID", Account.AGENT_ID),
        Map.entry("ELEVENLABS_API_URL", vendor),
        Map.entry("BASE_URL", "http://127.0.0.1:" + port),
        Map.entry("CALLBRIDGE_API_KEYS", "load:calls:write+calls:read:load-benchmark-" + port),
        Map.entry("CALLBRIDGE_MAX_CALLS", String.valueOf(Options.MOST_CALLS)),
        Map.entry("SPRING_R2DBC_USERNAME", "postgres"),
        Map.entry("SPRING_R2DBC_PASSWORD", "postgres"),
        Map.entry("SERVER_PORT", String.valueOf(port)),
        Map.entry("MANAGEMENT_SERVER_PORT", String.valueOf(management)));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady(URI management, Path log) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(management.resolve("/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline && Objects.requireNonNull(process).isAlive()) {
        try {
          if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // Not listening yet.
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
    List<String> lines = Files.readAllLines(log);
    lines.stream().skip(Math.max(0, lines.size() - TAIL_LINES)).forEach(System.out::println);
    close();
    throw new IllegalStateException("the relay did not become ready; all of its log is in " + log);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try {
      if (database != null) {
        database.close();
      }
    } catch (IOException e) {
      System.out.println("the database did not stop cleanly: " + e.getMessage());
    }
  }
}
