package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.secrets.Secret;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.ResponseCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.security.authentication.AuthenticationServiceException;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/// Several instances' sessions over one database.
@CallbridgeTest
final class SessionsTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final AccessSettings.Limits LIMITS = new AccessSettings.Limits(1, 1, 1, 1);
  private static final String HERE = "http://127.0.0.1";
  private static final String ANN = "ann:calls:read:{bcrypt}of-one-password";

  private final DatabaseClient database;

  SessionsTests(@Autowired DatabaseClient database) {
    this.database = database;
  }

  @BeforeEach
  @AfterEach
  void signEverybodyOut() {
    database.sql("DELETE FROM sign_in").then().block(SOON);
  }

  @Test
  void whoSignedInAtOneInstanceIsKnownToAnother() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");

    StepVerifier.create(new Instance().sessions().load(exchange(cookie)))
        .assertNext(context ->
            assertThat(Objects.requireNonNull(context.getAuthentication()).getName())
                .isEqualTo("user:ann"))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void whoSignedOutAtOneIsSignedOutAtAll() {
    Instance one = new Instance();
    ResponseCookie cookie = begin(one, "callbridge");
    MockServerWebExchange leaving = exchange(cookie);

    new Instance().sessions().end(leaving).block(SOON);

    assertNobody(new Instance(), cookie);
    assertThat(
            Objects.requireNonNull(leaving.getResponse().getCookies().getFirst("callbridge"))
                .getMaxAge())
        .isZero();
  }

  @Test
  void whatIsStoredLetsNobodyIn() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");

    List<byte[]> hashes =
        database
            .sql("SELECT hash FROM sign_in")
            .map(row -> Objects.requireNonNull(row.get("hash", byte[].class)))
            .all()
            .collectList()
            .block(SOON);

    assertThat(hashes).containsExactly(Keys.hash(cookie.getValue()));
  }

  @Test
  void anotherPasswordEndsWhatTheOldOneBegan() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");

    assertNobody(new Instance().knowing("ann:calls:read:{bcrypt}of-another-password"), cookie);
    assertNobody(new Instance().knowing("bob:calls:read:{bcrypt}of-one-password"), cookie);
  }

  @Test
  void whatSomebodyMayDoIsWhatTheSettingsSayNow() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");

    StepVerifier.create(
            new Instance()
                .knowing("ann:admin:{bcrypt}of-one-password")
                .sessions()
                .load(exchange(cookie)))
        .assertNext(context ->
            assertThat(Objects.requireNonNull(context.getAuthentication()).getAuthorities())
                .extracting(Object::toString)
                .contains("admin"))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void itEndsAfterItsLongestTimeHoweverItIsUsed() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");

    database
        .sql("UPDATE sign_in SET signed_in_at = signed_in_at - interval '12 hours'")
        .then()
        .block(SOON);

    assertNobody(new Instance(), cookie);
  }

  @Test
  void itEndsWhenItIsNotUsedAndUseKeepsIt() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");
    unusedFor("29 minutes");
    new Instance().sessions().load(exchange(cookie)).block(SOON);
    unusedFor("29 minutes");
    assertThat(new Instance().sessions().load(exchange(cookie)).block(SOON)).isNotNull();

    unusedFor("31 minutes");

    assertNobody(new Instance(), cookie);
  }

  private void unusedFor(String time) {
    database
        .sql(
            "UPDATE sign_in SET last_used_at = last_used_at - interval '%1$s', signed_in_at = signed_in_at - interval '%1$s'"
                .formatted(time))
        .then()
        .block(SOON);
  }

  @Test
  void thereAreOnlySoManyAndThoseThatAreOverDoNotCount() {
    begin(new Instance().holding(1), "callbridge");
    Instance other = new Instance().holding(1);
    StepVerifier.create(other.sessions().begin(exchange(null), other.ann()))
        .expectError(IllegalStateException.class)
        .verify(SOON);

    unusedFor("31 minutes");
    begin(other, "callbridge");

    assertThat(database.sql("SELECT * FROM sign_in").fetch().all().collectList().block(SOON))
        .hasSize(1);
  }

  @Test
  void signingInAgainEndsTheSessionBefore() {
    Instance one = new Instance();
    ResponseCookie first = begin(one, "callbridge");

    one.sessions().begin(exchange(first), one.ann()).block(SOON);

    assertNobody(new Instance(), first);
  }

  @Test
  void whileTheDatabaseIsAwayNobodyIsToldThatTheyAreSignedOut() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");
    database.sql("ALTER TABLE sign_in RENAME TO sign_in_away").then().block(SOON);
    try {
      Instance cutOff = new Instance();
      StepVerifier.create(cutOff.sessions().load(exchange(cookie)))
          .expectError(AuthenticationServiceException.class)
          .verify(SOON);
      assertThat(cutOff.sessions().isStillIn(exchange(cookie).getRequest()).block(SOON)).isTrue();
    } finally {
      database.sql("ALTER TABLE sign_in_away RENAME TO sign_in").then().block(SOON);
    }
  }

  @Test
  void whoSendsManyIdsThatNobodyHasCostsTheDatabaseNothingMore() {
    ResponseCookie cookie = begin(new Instance(), "callbridge");
    Instance tired = new Instance();
    for (int i = 0; i < 10; i++) {
      tired
          .sessions()
          .load(exchange(ResponseCookie.from("callbridge", Keys.random()).build()))
          .block(SOON);
    }

    assertThat(tired.sessions().load(exchange(cookie)).block(SOON)).isNull();
    assertThat(new Instance().sessions().load(exchange(cookie)).block(SOON)).isNotNull();
  }

  @Test
  void behindHttpsItsCookieIsSecureAndThisHostsAlone() {
    ResponseCookie cookie =
        begin(new Instance().at("https://voice.example.com"), "__Host-callbridge");

    assertThat(cookie.isSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSameSite()).isEqualTo("Strict");
    assertThat(cookie.getPath()).isEqualTo("/");
  }

  private static void assertNobody(Instance instance, ResponseCookie cookie) {
    StepVerifier.create(instance.sessions().load(exchange(cookie))).expectComplete().verify(SOON);
    assertThat(instance.sessions().isStillIn(exchange(cookie).getRequest()).block(SOON)).isFalse();
  }

  private static ResponseCookie begin(Instance instance, String cookie) {
    MockServerWebExchange exchange = exchange(null);
    instance
        .sessions()
        .begin(exchange, instance.ann())
        .then(Mono.defer(() -> exchange.getResponse().setComplete()))
        .block(SOON);
    return Objects.requireNonNull(exchange.getResponse().getCookies().getFirst(cookie));
  }

  private static MockServerWebExchange exchange(@Nullable ResponseCookie cookie) {
    var request = MockServerHttpRequest.get("/");
    if (cookie != null) {
      request.cookie(cookie);
    }
    return MockServerWebExchange.builder(request).build();
  }

  private final class Instance {
    private final String origin;
    private final Users users;
    private final Sessions sessions;

    Instance() {
      this(HERE, ANN, 10);
    }

    private Instance(String origin, String user, int most) {
      this.origin = origin;
      var signIn =
          new AccessSettings.SignIn(10, Duration.ofMinutes(30), Duration.ofHours(12), most);
      var settings =
          new AccessSettings(List.of(), List.of(new Secret(user)), LIMITS, signIn, 10, 0);
      users = new Users(settings);
      sessions =
          new Sessions(
              new StoredSessions(database, settings),
              users,
              new ClientAddress(settings),
              settings,
              origin);
    }

    Instance knowing(String user) {
      return new Instance(origin, user, 10);
    }

    Instance holding(int most) {
      return new Instance(origin, ANN, most);
    }

    Instance at(String itsOrigin) {
      return new Instance(itsOrigin, ANN, 10);
    }

    Sessions sessions() {
      return sessions;
    }

    Users.User ann() {
      return users.find("ann").orElseThrow();
    }
  }
}
