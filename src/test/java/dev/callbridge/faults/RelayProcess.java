package dev.callbridge.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One relay, as an operator starts it: a JVM, environment variables, signals.
final class RelayProcess implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(90);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private final Process process;
  private final Path log;
  private final URI management;

  private RelayProcess(Process process, Path log, URI management) {
    this.process = process;
    this.log = log;
    this.management = management;
  }

  static RelayProcess start(Map<String, String> environment, int managementPort, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.callbridge.CallbridgeApplication"));
    var builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(TWILIO|ELEVEN|SPRING|CALLBRIDGE).*"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new RelayProcess(
        builder.start(),
        log,
        URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness"));
  }

  RelayProcess awaitReady() throws InterruptedException, IOException {
    World.eventually(() -> !process.isAlive() || isReady(), START, "the relay is not ready");
    if (!process.isAlive()) {
      throw new AssertionError("the relay did not start:\n" + Files.readString(log));
    }
    return this;
  }

  boolean isReady() {
    return readiness() == 200;
  }

  /// Whether it listens at all, ready or not.
  boolean answers() {
    return readiness() != 0;
  }

  private int readiness() {
    try {
      HttpResponse<Void> answer =
          HTTP.send(
              HttpRequest.newBuilder(management).timeout(Duration.ofSeconds(3)).build(),
              BodyHandlers.discarding());
      return answer.statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  void signal(String name) throws IOException, InterruptedException {
    World.signal(name, List.of(process.pid()));
  }

  /// What its objects take that somebody still needs, in bytes: counted in one stop of the process,
  /// so that nothing is counted in that was needed for a moment only since.
  long heap() throws IOException, InterruptedException {
    Matcher total = TOTAL.matcher(jcmd("GC.class_histogram"));
    if (!total.find()) {
      throw new AssertionError("jcmd names no total");
    }
    return Long.parseLong(total.group(1));
  }

  /// A gauge without tags; NaN while it is not told.
  double gauge(String name) {
    try {
      String told =
          HTTP.send(
                  HttpRequest.newBuilder(management.resolve("/actuator/prometheus"))
                      .timeout(Duration.ofSeconds(3))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      return told.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), "" + process.pid(), command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!asked.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("jcmd hangs");
    }
    return answer;
  }

  /// The last line of its log that matches; empty where none does.
  String line(String pattern) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.matches(pattern))
        .reduce("", (_, later) -> later);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the relay still runs after " + atMost);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
