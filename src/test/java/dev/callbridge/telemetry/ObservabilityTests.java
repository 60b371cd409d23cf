package dev.callbridge.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.yaml.snakeyaml.Yaml;

/// What the documents name is there to be scraped, after one call.
@CallbridgeTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ObservabilityTests {

  private static final Path DOCS = Path.of("docs");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:callbridge|r2dbc|http_server|process|jvm)_[a-z_0-9]+");
  private static final Duration SOON = Duration.ofSeconds(15);

  @Autowired private Callbridge callbridge;
  @LocalManagementPort private int managementPort;

  private Set<String> scraped = Set.of();
  private String text = "";

  @BeforeAll
  void scrapeAfterACall() throws Exception {
    SandboxCall line =
        callbridge.callIn(CallerScript.answers().hears(Duration.ofSeconds(1)).hangsUp());
    callbridge.awaitOutcome(line);
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI url = URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus");
      text =
          http.send(HttpRequest.newBuilder(url).timeout(SOON).build(), BodyHandlers.ofString())
              .body();
    }
    scraped =
        text.lines()
            .filter(metric -> !metric.startsWith("#"))
            .map(metric -> metric.split("[{ ]", 2)[0])
            .collect(Collectors.toSet());
  }

  @Test
  void everyMetricOfTheDocumentationIsThere() throws IOException {
    Set<String> named = named(Files.readString(DOCS.resolve("observability.md")));

    assertThat(named).hasSizeGreaterThan(25);
    assertThat(named).allSatisfy(this::isScraped);
    assertThat(scraped.stream().filter(metric -> metric.startsWith("callbridge_")))
        .as("undocumented")
        .allMatch(metric -> named.contains(base(metric)) || named.contains(metric));
  }

  @Test
  void theDashboardAsksForWhatThereIs() throws IOException {
    String dashboard = Files.readString(DOCS.resolve("observability/grafana.json"));

    assertThat(named(dashboard)).isNotEmpty().allSatisfy(this::isScraped);
  }

  @Test
  void theAlertRulesAreWholeAndAskForWhatThereIs() throws Exception {
    Path file = DOCS.resolve("observability/alerts.yml");
    List<Alert> alerts =
        new Yaml()
            .loadAs(Files.readString(file), Rules.class).groups.stream()
                .flatMap(group -> group.rules.stream())
                .toList();

    assertThat(alerts)
        .hasSizeGreaterThan(5)
        .allSatisfy(alert -> {
          assertThat(alert.labels).containsOnlyKeys("severity");
          assertThat(alert.annotations).containsOnlyKeys("summary", "description");
          assertThat(named(alert.expr)).isNotEmpty().allSatisfy(this::isScraped);
        })
        .extracting(alert -> alert.alert)
        .doesNotContain("")
        .doesNotHaveDuplicates();
    promtool(file);
  }

  /// Prometheus's own names: one that is not among them cannot be read.
  public static final class Rules {
    public List<Group> groups = List.of();
  }

  public static final class Group {
    public String name = "";
    public List<Alert> rules = List.of();
  }

  public static final class Alert {
    public String alert = "";
    public String expr = "";
    public Map<String, String> labels = Map.of();
    public Map<String, String> annotations = Map.of();

    // `for` is a word of Java's.
    public void setFor(String howLong) {
      assertThat(howLong).matches("[0-9]+[smh]");
    }
  }

  /// An id as a label would make a series of every call.
  @Test
  void noMetricHasAnIdOrANumberInIt() {
    assertThat(text)
        .doesNotContain("+1555", "conv_")
        .doesNotContainPattern("[CM][AZ][0-9a-f]{32}")
        .doesNotContainPattern("[0-9a-f]{8}-[0-9a-f]{4}-");
  }

  /// Where Prometheus's own checker is at hand, it has a say too.
  private static void promtool(Path file) throws IOException, InterruptedException {
    boolean isThere =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    if (isThere) {
      Process check =
          new ProcessBuilder("promtool", "check", "rules", file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(check.getInputStream().readAllBytes());
      assertThat(check.waitFor()).as(said).isZero();
    }
  }

  private static Set<String> named(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void isScraped(String metric) {
    assertThat(scraped).containsAnyOf(metric, metric + "_count", metric + "_bucket");
  }

  private static String base(String metric) {
    return metric.replaceAll("_(count|sum|max|bucket)$", "");
  }
}
