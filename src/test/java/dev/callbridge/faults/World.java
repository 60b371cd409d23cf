package dev.callbridge.faults;

import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Both vendors in this process, a database that can be stopped, and relays that can be killed.
final class World implements AutoCloseable {

  private static final String ACCOUNT = "AC00000000000000000000000000000001";
  static final String API_KEY = "a-key-that-is-long-enough-for-anyone";

  private static final String NUMBER = "+15550001000";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path folder;
  private final int port = freePort();
  private final int management = freePort();
  private final int databasePort = freePort();
  private final SandboxTwilio twilio;
  private final SandboxElevenLabs elevenlabs;
  private EmbeddedPostgres database;
  private final List<RelayProcess> relays = new ArrayList<>();

  World(Path folder) throws IOException {
    this.folder = folder;
    database = startDatabase();
    SpeechClips speech = SpeechClips.load();
    twilio =
        SandboxTwilio.start(
            new SandboxTwilio.Settings("127.0.0.1", 0, ACCOUNT, token(), true)
                .withClips(name -> speech.clip(name).ulaw())
                .withPhoneNumbers(List.of(NUMBER)));
    elevenlabs = SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key-of-nobody"));
  }

  private static String token() {
    return "a-token-that-is-long-enough-for-anyone";
  }

  SandboxTwilio twilio() {
    return twilio;
  }

  SandboxElevenLabs elevenlabs() {
    return elevenlabs;
  }

  RelayProcess startRelay(String... settings) throws IOException, InterruptedException {
    return startUnready(settings).awaitReady();
  }

  RelayProcess startUnready(String... settings) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TWILIO_ACCOUNT_SID", ACCOUNT);
    environment.put("TWILIO_AUTH_TOKEN", token());
    environment.put("TWILIO_PHONE_NUMBER", NUMBER);
    environment.put("TWILIO_API_URL", twilio.url().toString());
    environment.put("ELEVENLABS_API_KEY", "key-of-nobody");
    environment.put("ELEVENLABS_AGENT_ID", "agent_sandbox");
    environment.put("ELEVENLABS_API_URL", elevenlabs.url().toString());
    environment.put("BASE_URL", "http://127.0.0.1:" + port);
    environment.put(
        "SPRING_R2DBC_URL", "r2dbc:postgresql://127.0.0.1:" + databasePort + "/postgres");
    environment.put("SPRING_R2DBC_USERNAME", "postgres");
    environment.put("SPRING_R2DBC_PASSWORD", "postgres");
    environment.put("CALLBRIDGE_API_KEYS", "test:calls:write+calls:read:" + API_KEY);
    environment.put("CALLBRIDGE_JOURNAL", folder.resolve("journal").toString());
    environment.put("SERVER_PORT", "" + port);
    environment.put("MANAGEMENT_SERVER_PORT", "" + management);
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    int health = Integer.parseInt(environment.getOrDefault("MANAGEMENT_SERVER_PORT", ""));
    RelayProcess relay = RelayProcess.start(environment, health, folder.resolve("relay.log"));
    relays.add(relay);
    return relay;
  }

  /// Another instance beside the first, at ports of its own.
  URI startRelayBeside(String... settings) throws IOException, InterruptedException {
    int itsPort = freePort();
    URI origin = URI.create("http://127.0.0.1:" + itsPort);
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("SERVER_PORT", "" + itsPort, "MANAGEMENT_SERVER_PORT", "" + freePort()));
    all.addAll(List.of("BASE_URL", origin.toString()));
    startRelay(all.toArray(String[]::new));
    return origin;
  }

  SandboxCall callIn(CallerScript script) {
    return callIn(url("/"), script);
  }

  /// Rings that instance.
  SandboxCall callIn(URI origin, CallerScript script) {
    return twilio.callIn(
        new InboundCall(
            origin.resolve("/twilio/voice"),
            "+15550009999",
            NUMBER,
            script,
            origin.resolve("/twilio/status"),
            origin.resolve("/twilio/voice/fallback")));
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(url(path))
            .timeout(Duration.ofSeconds(15))
            .header("X-API-Key", API_KEY)
            .build(),
        BodyHandlers.ofString());
  }

  private EmbeddedPostgres startDatabase() throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(databasePort)
        .setDataDirectory(folder.resolve("pg").toFile())
        .setOverrideWorkingDirectory(folder.resolve("bin").toFile())
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("fsync", "off")
        .start();
  }

  /// As by `pg_ctl stop -m immediate`: no goodbye to anybody.
  void stopDatabase() throws IOException, InterruptedException {
    long postmaster = postmaster();
    signal("QUIT", List.of(postmaster));
    eventually(
        () -> ProcessHandle.of(postmaster).isEmpty(), Duration.ofSeconds(20), "PostgreSQL runs on");
  }

  void restartDatabase() throws IOException {
    // Gives back its lock on the folder; the process is gone already.
    database.close();
    database = startDatabase();
  }

  void signalDatabase(String name) throws IOException, InterruptedException {
    long postmaster = postmaster();
    signal(name, List.of(postmaster));
    // A backend may end in the meantime; those that are left are the database.
    for (ProcessHandle process :
        ProcessHandle.of(postmaster).stream().flatMap(ProcessHandle::descendants).toList()) {
      kill(name, List.of(process.pid()));
    }
  }

  private long postmaster() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("pg/postmaster.pid"))) {
      return Long.parseLong(lines.findFirst().orElseThrow().strip());
    }
  }

  static void signal(String name, List<Long> pids) throws IOException, InterruptedException {
    if (!kill(name, pids)) {
      throw new AssertionError("SIG" + name + " did not reach " + pids);
    }
  }

  private static boolean kill(String name, List<Long> pids)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    pids.forEach(pid -> command.add("" + pid));
    Process kill = new ProcessBuilder(command).start();
    return kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0;
  }

  /// A column of that call's row, as text; null while there is no such row or the database is away.
  String row(SandboxCall line, String column) {
    return value(
        "SELECT coalesce("
            + column
            + "::text, '') FROM call WHERE twilio_call_sid = '"
            + line.callSid()
            + "'");
  }

  long count(String sql) {
    String counted = value(sql);
    return counted.isEmpty() ? -1 : Long.parseLong(counted);
  }

  /// The first column of all rows, as text.
  List<String> column(String sql) throws SQLException {
    try (Connection connection = connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + databasePort
            + "/postgres?socketTimeout=5&connectTimeout=5",
        "postgres",
        "postgres");
  }

  private String value(String sql) {
    try (Connection connection = connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    } catch (SQLException e) {
      return "";
    }
  }

  void awaitRow(SandboxCall line, String column, String value, Duration atMost) {
    eventually(
        () -> row(line, column).equals(value),
        atMost,
        column + " is " + row(line, column) + ", not " + value);
  }

  static void eventually(BooleanSupplier such, Duration atMost, String otherwise) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!such.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + atMost + ": " + otherwise);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    relays.forEach(RelayProcess::close);
    twilio.close();
    elevenlabs.close();
    database.close();
  }
}
