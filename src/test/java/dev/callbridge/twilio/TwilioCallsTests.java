package dev.callbridge.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.twilio.http.HttpMethod;
import com.twilio.http.Request;
import dev.callbridge.secrets.Secret;
import dev.callbridge.twilio.TwilioRestException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;

/// What is told to the dialler is what may be done next: above all, whether to ask again.
final class TwilioCallsTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String CREATED =
      "{\"sid\":\"CA1\",\"account_sid\":\"AC1\",\"status\":\"queued\",\"from\":\"+15550001000\"}";

  private final AtomicInteger requests = new AtomicInteger();
  private @Nullable DisposableServer server;
  private @Nullable TwilioCalls calls;

  @AfterEach
  void close() {
    if (server != null) {
      server.disposeNow(SOON);
    }
    if (calls != null) {
      calls.destroy();
    }
  }

  @Test
  void aCallThatIsPlacedHasASid() {
    StepVerifier.create(twilio(201, CREATED).create(call()))
        .expectNext("CA1")
        .expectComplete()
        .verify(SOON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | AMBIGUOUS    |       | {\"code\":20503,\"message\":\"Service unavailable\"}",
        "502 | AMBIGUOUS    |       | <html><h1>502 Bad Gateway</h1></html>",
        "500 | AMBIGUOUS    |       | ''",
        "429 | RATE_LIMITED | 20429 | {\"code\":20429,\"message\":\"Too Many Requests\"}",
        "429 | RATE_LIMITED |       | <html>slow down</html>",
        "400 | REFUSED      | 21211 | {\"code\":21211,\"message\":\"Invalid 'To' Phone Number\"}",
        "401 | REFUSED      | 20003 | {\"code\":20003,\"message\":\"Authenticate\"}",
        "403 | REFUSED      |       | <html>no</html>",
        "400 | AMBIGUOUS    |       | <html>a proxy's own</html>",
        "200 | AMBIGUOUS    |       | <html>a login page</html>"
      })
  void aFailureIsOneRequestAndToldApart(
      int status, Kind kind, @Nullable Integer code, String body) {
    StepVerifier.create(twilio(status, body).create(call()))
        .expectErrorSatisfies(e -> {
          TwilioRestException failure = (TwilioRestException) e;
          assertThat(failure.kind()).isEqualTo(kind);
          if (code != null) {
            assertThat(failure.code()).isEqualTo(code);
          }
        })
        .verify(SOON);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aConnectionThatIsLostAfterwardsIsAmbiguousAndNotSentAgain() {
    TwilioCalls dropping =
        twilio(
            HttpServer.create()
                .handle((request, response) -> {
                  requests.incrementAndGet();
                  request.withConnection(connection -> connection.channel().close());
                  return Mono.never();
                }));

    StepVerifier.create(dropping.create(call()))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.AMBIGUOUS))
        .verify(SOON);
    assertThat(requests).hasValue(1);
  }

  @Test
  void anAnswerThatDoesNotComeIsAmbiguous() {
    twilio(HttpServer.create().handle((_, _) -> Mono.never()));
    SingleShotHttpClient http =
        new SingleShotHttpClient(url(), Duration.ofSeconds(2), Duration.ofMillis(300));

    assertThatExceptionOfType(TwilioRestException.class)
        .isThrownBy(() -> http.makeRequest(new Request(HttpMethod.POST, "api", "/2010-04-01/x")))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.AMBIGUOUS));
  }

  @Test
  void noConnectionMeansThatNothingWasDone() {
    calls = new TwilioCalls(settings(URI.create("http://127.0.0.1:1")));

    StepVerifier.create(calls.create(call()))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNREACHABLE))
        .verify(SOON);
  }

  @Test
  void credentialsThatWereRefusedAreNotTriedWithTheNextCall() {
    TwilioCalls refusing = twilio(401, "{\"code\":20003,\"message\":\"Authenticate\"}");
    StepVerifier.create(refusing.create(call()))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.REFUSED))
        .verify(SOON);

    StepVerifier.create(refusing.create(call()))
        .expectErrorSatisfies(e -> {
          assertThat(kind(e)).isEqualTo(Kind.NOT_ASKED);
          assertThat(((TwilioRestException) e).code()).isEqualTo(20003);
        })
        .verify(SOON);
    assertThat(requests).hasValue(1);
    // Whoever is on the line can still be hung up on.
    StepVerifier.create(refusing.hangUp("CA1"))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.REFUSED))
        .verify(SOON);
    assertThat(requests).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 500})
  void onlyRefusedCredentialsKeepTheNextCallFromBeingAskedFor(int status) {
    TwilioCalls failing = twilio(status, "{\"code\":21211}");
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(failing.create(call()))
          .expectError(TwilioRestException.class)
          .verify(SOON);
    }

    assertThat(requests).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource({"400, 21220", "404, 20404"})
  void hangingUpACallThatIsOverIsFine(int status, int code) {
    StepVerifier.create(twilio(status, "{\"code\":%d}".formatted(code)).hangUp("CA1"))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void hangingUpFailsWhenTwilioFails() {
    StepVerifier.create(twilio(500, "").hangUp("CA1"))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.AMBIGUOUS))
        .verify(SOON);
  }

  @Test
  void aHangUpIsAskedForAgainUntilItIsDone() {
    TwilioCalls failing =
        twilio(
            HttpServer.create()
                .handle((_, response) ->
                    response
                        .status(requests.incrementAndGet() < 3 ? 500 : 200)
                        .sendString(Mono.just(CREATED))));

    StepVerifier.create(failing.hangUpUntilDone("CA1")).expectComplete().verify(SOON);

    assertThat(requests).hasValue(3);
  }

  @Test
  void aHangUpThatIsRefusedIsNotAskedForAgain() {
    StepVerifier.create(twilio(401, "{\"code\":20003}").hangUpUntilDone("CA1"))
        .expectErrorSatisfies(e -> assertThat(kind(e)).isEqualTo(Kind.REFUSED))
        .verify(SOON);

    assertThat(requests).hasValue(1);
  }

  @Test
  void theCallersThreadDoesNotWait() {
    StepVerifier.create(
            twilio(201, CREATED).create(call()).map(_ -> Thread.currentThread().getName()))
        .assertNext(thread -> assertThat(thread).startsWith("twilio"))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void nothingIsSentBeforeSomebodyAsks() {
    Mono<String> create = twilio(201, CREATED).create(call());

    assertThat(create).isNotNull();
    assertThat(requests).hasValue(0);
  }

  @Test
  void neitherTokenNorNumberIsInWhatIsPrinted() {
    assertThat(settings(URI.create("http://x")).toString())
        .doesNotContain("secret")
        .doesNotContain("+1555");
  }

  private TwilioCalls twilio(int status, String body) {
    return twilio(
        HttpServer.create()
            .handle((_, response) -> {
              requests.incrementAndGet();
              return response.status(status).sendString(Mono.just(body));
            }));
  }

  private TwilioCalls twilio(HttpServer http) {
    server = http.host("127.0.0.1").port(0).bindNow(SOON);
    calls = new TwilioCalls(settings(url()));
    return calls;
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + Objects.requireNonNull(server).port());
  }

  private static Kind kind(Throwable e) {
    return ((TwilioRestException) e).kind();
  }

  private static TwilioSettings settings(URI url) {
    return new TwilioSettings(
        "AC1",
        List.of(new Secret("secret")),
        "+15550001000",
        url,
        URI.create("https://voice.example.com"),
        null);
  }

  private static TwilioCalls.Create call() {
    URI hook = URI.create("https://voice.example.com/hook");
    return new TwilioCalls.Create(
        "+15550002000",
        "+15550001000",
        hook,
        hook,
        hook,
        Duration.ofSeconds(60),
        Duration.ofMinutes(30),
        null);
  }
}
