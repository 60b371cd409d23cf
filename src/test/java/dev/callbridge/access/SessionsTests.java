package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.session.WebSessionManager;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

final class SessionsTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final AccessSettings.Limits LIMITS = new AccessSettings.Limits(1, 1, 1, 1);
  private static final Grant ANN = Grant.ofUser("ann", Set.of(Scope.CALLS_READ), LIMITS);

  @Test
  void aSessionIsFoundAgainByItsCookie() {
    Sessions sessions = sessions("http://127.0.0.1", Duration.ofMinutes(1), 10);
    WebSessionManager manager = sessions.manager();

    ResponseCookie cookie = begin(sessions, manager, "callbridge");

    StepVerifier.create(sessions.load(exchange(manager, cookie)))
        .assertNext(context -> assertThat(context.getAuthentication()).isEqualTo(ANN))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void itEndsAfterItsLongestTimeHoweverItIsUsed() {
    Sessions sessions = sessions("http://127.0.0.1", Duration.ofSeconds(-1), 10);
    WebSessionManager manager = sessions.manager();

    ResponseCookie cookie = begin(sessions, manager, "callbridge");

    StepVerifier.create(sessions.load(exchange(manager, cookie))).expectComplete().verify(SOON);
  }

  @Test
  void thereAreOnlySoMany() {
    Sessions sessions = sessions("http://127.0.0.1", Duration.ofMinutes(1), 1);
    WebSessionManager manager = sessions.manager();
    begin(sessions, manager, "callbridge");

    StepVerifier.create(sessions.begin(exchange(manager, null), ANN))
        .expectError(IllegalStateException.class)
        .verify(SOON);
  }

  @Test
  void behindHttpsItsCookieIsSecureAndThisHostsAlone() {
    Sessions sessions = sessions("https://voice.example.com", Duration.ofMinutes(1), 10);

    ResponseCookie cookie = begin(sessions, sessions.manager(), "__Host-callbridge");

    assertThat(cookie.isSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSameSite()).isEqualTo("Strict");
    assertThat(cookie.getPath()).isEqualTo("/");
  }

  private static ResponseCookie begin(Sessions sessions, WebSessionManager manager, String cookie) {
    MockServerWebExchange exchange = exchange(manager, null);
    sessions
        .begin(exchange, ANN)
        .then(Mono.defer(() -> exchange.getResponse().setComplete()))
        .block(SOON);
    return Objects.requireNonNull(exchange.getResponse().getCookies().getFirst(cookie));
  }

  private static MockServerWebExchange exchange(
      WebSessionManager manager, @Nullable ResponseCookie cookie) {
    var request = MockServerHttpRequest.get("/");
    if (cookie != null) {
      request.cookie(cookie);
    }
    return MockServerWebExchange.builder(request).sessionManager(manager).build();
  }

  private static Sessions sessions(String origin, Duration longest, int most) {
    var signIn = new AccessSettings.SignIn(10, Duration.ofMinutes(1), longest, most);
    return new Sessions(new AccessSettings(List.of(), List.of(), LIMITS, signIn, 10, 0), origin);
  }
}
