package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import io.r2dbc.spi.ConnectionFactories;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.r2dbc.core.DatabaseClient;

/// Both vendors in this process, a database that can be stopped, and relays that can be killed.
final class World implements AutoCloseable {

  private static final String ACCOUNT = "AC00000000000000000000000000000001";
  static final String API_KEY = "a-key-that-is-long-enough-for-anyone";

  private static final String NUMBER = "+15550001000";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /// Calls that warm an instance up.
  private static final int WARMING = 3;

  private static final Duration CONNECTED = Duration.ofSeconds(30);

  /// For what is asked after when nobody says it.
  private static final Duration SETTLED = Duration.ofSeconds(90);

  private final Path folder;
  private final Instant since = Instant.now();
  private final int port = freePort();
  private final int management = freePort();
  private final int databasePort = freePort();
  private final SandboxTwilio twilio;
  private SandboxElevenLabs elevenlabs;
  private final List<AgentSession> earlierAgents = new ArrayList<>();
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

  static String token() {
    return "a-token-that-is-long-enough-for-anyone";
  }

  SandboxTwilio twilio() {
    return twilio;
  }

  SandboxElevenLabs elevenlabs() {
    return elevenlabs;
  }

  /// All there were, those from before ElevenLabs was away included.
  List<AgentSession> agents() {
    return Stream.concat(earlierAgents.stream(), elevenlabs.sessions().stream()).toList();
  }

  /// Agents that call has had.
  List<Ledgers.Conversation> agents(SandboxCall line) {
    return agents().stream()
        .map(Ledgers.Conversation::of)
        .filter(it -> it.callSid().equals(line.callSid()))
        .toList();
  }

  /// All agents are gone at once, and whoever asks for another is refused.
  void stopElevenLabs() {
    earlierAgents.addAll(elevenlabs.sessions());
    elevenlabs.close();
  }

  void restartElevenLabs() {
    elevenlabs =
        SandboxElevenLabs.start(
            new SandboxElevenLabs.Settings(
                "127.0.0.1", elevenlabs.url().getPort(), "key-of-nobody"));
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
    URI origin = freeOrigin();
    startRelayAt(origin, settings);
    return origin;
  }

  static URI freeOrigin() {
    return URI.create("http://127.0.0.1:" + freePort());
  }

  /// The same, where whoever asks knows the address beforehand.
  RelayProcess startRelayAt(URI origin, String... settings)
      throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "SERVER_PORT",
                "" + origin.getPort(),
                "MANAGEMENT_SERVER_PORT",
                "" + freePort(),
                "BASE_URL",
                origin.toString()));
    all.addAll(List.of(settings));
    return startRelay(all.toArray(String[]::new));
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

  /// A person who stays on for that long, or a little longer, and says something now and then: from
  /// one who is silent the agent takes its leave.
  static CallerScript staying(int seconds) {
    CallerScript script = CallerScript.answersAfter(Duration.ofMillis(200));
    int left = seconds;
    for (; left > 6; left -= 6) {
      script = script.staysSilentFor(Duration.ofSeconds(5)).says("book-table");
    }
    return script.staysSilentFor(Duration.ofSeconds(left)).hangsUp();
  }

  List<SandboxCall> connected(int calls, int seconds) {
    return connected(url("/"), calls, staying(seconds));
  }

  /// So many calls at that instance, each of which has heard its agent.
  List<SandboxCall> connected(URI origin, int calls, CallerScript script) {
    List<SandboxCall> lines = Stream.generate(() -> callIn(origin, script)).limit(calls).toList();
    for (SandboxCall line : lines) {
      eventually(
          () -> !row(line, "first_agent_audio_at").isEmpty(), CONNECTED, "no agent on the line");
    }
    return lines;
  }

  /// Holds a few calls first: a JVM that has not held any yet is slow enough to lose sound, and
  /// those may.
  void warmUp(URI origin) {
    List<SandboxCall> lines =
        Stream.generate(() -> callIn(origin, staying(2))).limit(WARMING).toList();
    lines.forEach(line -> line.settled().block(SETTLED));
  }

  /// Whether that media session's agent was heard.
  boolean firstAudio(SandboxCall line, int session) {
    return count(
            """
            SELECT count(*) FROM call_event e JOIN call c ON c.id = e.call_id
            WHERE c.twilio_call_sid = '%s' AND e.kind = 'FIRST_AGENT_AUDIO' AND e.source_key = '%d'
            """
                .formatted(line.callSid(), session))
        == 1;
  }

  /// Frames of that caller's that were dropped on the way to the agent.
  long droppedFrames(SandboxCall line) {
    return count(
        """
        SELECT coalesce(sum((e.details->>'droppedFrames')::int), 0) FROM call_event e
        JOIN call c ON c.id = e.call_id WHERE c.twilio_call_sid = '%s'
        """
            .formatted(line.callSid()));
  }

  /// Asks for a call to that number.
  ///
  /// @return the answer's status
  int place(String to, String idempotencyKey) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(url("/api/v1/calls"))
                .timeout(CONNECTED)
                .header("X-API-Key", API_KEY)
                .header("Idempotency-Key", idempotencyKey)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"to\":\"" + to + "\"}"))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
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
        // What was acknowledged must outlive a kill; the embedded server's default is off.
        .setServerConfig("synchronous_commit", "on")
        .start();
  }

  int databasePort() {
    return databasePort;
  }

  /// The setting of a relay that finds the database at that port instead.
  String[] databaseAt(int otherPort) {
    return new String[] {
      "SPRING_R2DBC_URL", "r2dbc:postgresql://127.0.0.1:" + otherPort + "/postgres"
    };
  }

  /// What the vendors and the tables say of all calls so far. The database must be there.
  Ledgers ledgers() {
    return Ledgers.read(
        twilio,
        agents(),
        DatabaseClient.create(
            ConnectionFactories.get(
                "r2dbc:postgresql://postgres:postgres@127.0.0.1:" + databasePort + "/postgres")),
        since);
  }

  /// Lets everybody who is still on the line hang up, waits until every call has its end, and finds
  /// nothing that may not be.
  void settleAndCheck() {
    settleAndCheck(List.of());
  }

  /// @param stopped calls whose instance was stopped while they were on
  void settleAndCheck(List<SandboxCall> stopped) {
    twilio.calls().forEach(SandboxCall::hangUp);
    twilio.calls().forEach(line -> line.settled().block(SETTLED));
    eventually(
        () -> count("SELECT count(*) FROM call WHERE state <> 'ENDED'") == 0,
        SETTLED,
        "calls are still open");
    Set<String> sids = stopped.stream().map(SandboxCall::callSid).collect(Collectors.toSet());
    assertThat(Invariants.violations(ledgers().stalled(sids))).isEmpty();
  }

  /// As by `pg_ctl stop -m immediate`: no goodbye to anybody.
  void stopDatabase() throws IOException, InterruptedException {
    stopDatabase("QUIT");
  }

  private void stopDatabase(String signal) throws IOException, InterruptedException {
    long postmaster = postmaster();
    signal(signal, List.of(postmaster));
    eventually(
        () -> ProcessHandle.of(postmaster).isEmpty(), Duration.ofSeconds(20), "PostgreSQL runs on");
  }

  void restartDatabase() throws IOException {
    // Gives back its lock on the folder; the process is gone already.
    database.close();
    database = startDatabase();
  }

  /// As by an operator: `fast` says goodbye to everybody, `immediate` does not and has to recover.
  ///
  /// @param mode as `pg_ctl` has it
  void bounceDatabase(String mode) throws IOException, InterruptedException {
    stopDatabase(mode.equals("fast") ? "INT" : "QUIT");
    restartDatabase();
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

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
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

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), "postgres", "postgres");
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:"
        + databasePort
        + "/postgres?socketTimeout=5&connectTimeout=5";
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
        () ->
            column + " is " + row(line, column) + " for " + row(line, "reason") + ", not " + value);
  }

  static void eventually(BooleanSupplier such, Duration atMost, String otherwise) {
    eventually(such, atMost, () -> otherwise);
  }

  private static void eventually(
      BooleanSupplier such, Duration atMost, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!such.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + atMost + ": " + otherwise.get());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  static double secondsSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis() / 1000.0;
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
