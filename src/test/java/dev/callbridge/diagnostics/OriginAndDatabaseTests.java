package dev.callbridge.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.TwilioSignature;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// What is around this process rather than at a vendor: the way in, and the database.
@CallbridgeTest
final class OriginAndDatabaseTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final Callbridge callbridge;
  private final Facts facts;
  private final R2dbcConnectionDetails database;

  @Autowired
  OriginAndDatabaseTests(Callbridge callbridge, Facts facts, R2dbcConnectionDetails database) {
    this.callbridge = callbridge;
    this.facts = facts;
    this.database = database;
  }

  @ParameterizedTest
  @CsvSource({
    "200, ,                whole,           PASSED, leads here",
    "200, ,                without upgrade, FAILED, takes out the upgrade",
    "200, ,                ,                FAILED, answered by something else (status 200)",
    "404, ,                ,                FAILED, answered by something else (status 404)",
    "502, ,                ,                FAILED, answered by something else (status 502)",
    "403, ,                ,                FAILED, does not accept our signature",
    "301, https://www.example.com/twilio/reached?a=b, , FAILED, redirects to https://www.example.com/",
    "302, ':',             ,                FAILED, redirects to somewhere else"
  })
  void whoAnswersAtTheOriginIsTold(
      int status, String location, String mark, State state, String words) {
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> {
              if (location != null) {
                response.header("Location", location);
              }
              if (mark != null) {
                response.header("Callbridge-Reached", mark);
              }
              return request.receive().then(response.status(status).send());
            })
            .bindNow(SOON);
    try {
      for (Step step : steps("http://127.0.0.1:" + server.port())) {
        Finding finding = run(step);

        assertThat(finding.state()).as(step.id()).isEqualTo(state);
        assertThat(finding.detail()).contains(words).doesNotContain("a=b");
        assertThat(finding.remedy() == null).isEqualTo(state == State.PASSED);
      }
    } finally {
      server.disposeNow(SOON);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1,          the connection is refused",
    // Where there is no name server, nobody says that there is no such name.
    "https://callbridge.invalid,  the name is not known|no answer in time"
  })
  void anOriginThatLeadsNowhereIsTold(String origin, String words) {
    for (Step step : steps(origin)) {
      Finding finding = run(step);

      assertThat(finding.state()).isEqualTo(State.FAILED);
      assertThat(finding.detail()).containsPattern(words);
      assertThat(finding.definite()).as("it may be up again in a moment").isFalse();
    }
  }

  @Test
  void onlyWhoSignsAsTwilioDoesArrives() throws IOException, InterruptedException {
    TwilioSettings settings = callbridge.settings();
    URI url = settings.publicUrl(ReachRoute.PATH);
    String signature = new TwilioSignature(settings.authTokens()).sign(url.toString(), List.of());
    HttpClient http = HttpClient.newHttpClient();

    var unsigned = http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding());
    var signed =
        http.send(
            HttpRequest.newBuilder(url).header("X-Twilio-Signature", signature).build(),
            BodyHandlers.discarding());

    assertThat(unsigned.statusCode()).isEqualTo(403);
    assertThat(signed.statusCode()).isEqualTo(200);
    assertThat(signed.headers().firstValue("Callbridge-Reached")).contains("without upgrade");
  }

  @ParameterizedTest
  @CsvSource({
    "application_name,              whatever, PASSED, its tables are there",
    "default_transaction_read_only, on,       FAILED, cannot be written to",
    "search_path,                   nowhere,  FAILED, has not Callbridge's tables"
  })
  void aDatabaseThatCannotBeUsedIsTold(String option, String value, State state, String words) {
    Finding finding =
        ask(
            database
                .getConnectionFactoryOptions()
                .mutate()
                .option(PostgresqlConnectionFactoryProvider.OPTIONS, Map.of(option, value)));

    assertThat(finding.state()).isEqualTo(state);
    assertThat(finding.detail()).contains(words);
  }

  @Test
  void aDatabaseThatIsAwayIsTold() {
    Finding finding =
        ask(
            database
                .getConnectionFactoryOptions()
                .mutate()
                .option(ConnectionFactoryOptions.PORT, 1));

    assertThat(finding.state()).isEqualTo(State.FAILED);
    assertThat(finding.detail()).isEqualTo("The database does not answer.");
    assertThat(finding.remedy()).contains("SPRING_R2DBC_URL");
  }

  private Finding ask(ConnectionFactoryOptions.Builder options) {
    DatabaseClient client = DatabaseClient.create(ConnectionFactories.get(options.build()));
    return run(new DatabaseStep(client, facts).step());
  }

  private List<Step> steps(String origin) {
    TwilioSettings real = callbridge.settings();
    TwilioSettings settings =
        new TwilioSettings(
            real.accountSid(),
            real.authTokens(),
            real.phoneNumber(),
            real.apiUrl(),
            URI.create(origin),
            null);
    OriginProbe probe = new OriginProbe(settings, new TwilioSignature(settings.authTokens()));
    return new OriginSteps(settings, probe, facts).steps();
  }

  private static Finding run(Step step) {
    return Objects.requireNonNull(
        Examination.run(step, ExaminationTests.assistant("agent_1")).block(SOON));
  }
}
