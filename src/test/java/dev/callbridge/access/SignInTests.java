package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// People at a browser, who have a cookie instead of a key.
@CallbridgeTest
@ExtendWith(OutputCaptureExtension.class)
final class SignInTests {

  private static final String ME = "/api/v1/me";
  private static final String GOOD = "{\"username\":\"sandbox\",\"password\":\"sandbox\"}";

  private final Callbridge callbridge;
  private final Visitor person;

  SignInTests(@Autowired Callbridge callbridge) {
    this.callbridge = callbridge;
    this.person = new Visitor(callbridge.settings());
  }

  @Test
  void somebodySignsInLooksChangesSomethingAndSignsOut(CapturedOutput log) {
    var login = login(GOOD);
    assertThat(login.status()).isEqualTo(204);
    String session = "callbridge=" + login.value("callbridge");
    String token = login.value("XSRF-TOKEN");
    String both = session + "; XSRF-TOKEN=" + token;

    var me = person.send("GET", ME, "", "Cookie", session).json();
    assertThat(me.path("name").asString()).isEqualTo("sandbox");
    assertThat(me.path("kind").asString()).isEqualTo("USER");
    assertThat(me.path("scopes").toString()).contains("calls:read", "calls:write", "admin");
    var placed =
        person.send(
            "POST",
            "/api/v1/calls",
            "{\"to\":\"+15550002001\"}",
            "Cookie",
            both,
            "X-XSRF-TOKEN",
            token,
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            login.value("callbridge"));
    assertThat(placed.status()).isEqualTo(202);
    assertThat(person.send("POST", "/logout", "", "Cookie", session).status()).isEqualTo(403);
    var logout = person.send("POST", "/logout", "", "Cookie", both, "X-XSRF-TOKEN", token);
    assertThat(logout.status()).isEqualTo(204);
    assertThat(logout.cookie("callbridge")).contains("Max-Age=0");
    assertThat(person.send("GET", ME, "", "Cookie", session).status()).isEqualTo(401);
    assertThat(log.getAll())
        .contains("sandbox signed in from " + person.address())
        .contains("sandbox signed out")
        .doesNotContain(login.value("callbridge"));
  }

  @Test
  void aStreamEndsWithTheRightToWatchIt() {
    var login = login(GOOD);
    String token = login.value("XSRF-TOKEN");
    String both = "callbridge=" + login.value("callbridge") + "; XSRF-TOKEN=" + token;
    var made = person.makeKey("\"calls:read\"", "");
    var bySession = person.send("GET", "/api/v1/calls/stream", "", "Cookie", both);
    var byKey = person.get("/api/v1/calls/stream", made.path("key").asString());
    var byOther = person.get("/api/v1/calls/stream", "sandbox");
    assertThat(bySession.status()).isEqualTo(200);
    assertThat(byKey.status()).isEqualTo(200);

    person.send("POST", "/logout", "", "Cookie", both, "X-XSRF-TOKEN", token);
    person.delete("/api/v1/api-keys/" + made.path("id").asString(), "sandbox");

    assertTimeoutPreemptively(
        Duration.ofSeconds(15),
        () -> {
          assertThat(bySession.body()).contains("event: ready");
          assertThat(byKey.body()).contains("event: ready");
        });
    assertThat(byOther.isOpen()).isTrue();
  }

  @Test
  void theCookieIsForThisSiteAndNoScript() {
    var login = login(GOOD);

    assertThat(login.cookie("callbridge"))
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Strict", "Path=/")
        .doesNotContain("Max-Age", "Domain");
    assertThat(login.cookie("XSRF-TOKEN"))
        .contains("SameSite=Strict", "Path=/")
        .doesNotContainIgnoringCase("HttpOnly");
  }

  @Test
  void signingInChangesTheSessionsIdWhoeverGaveTheOldOne() {
    String first = login(GOOD).value("callbridge");

    var again =
        person.send(
            "POST",
            "/login",
            GOOD,
            "Content-Type",
            "application/json",
            "Cookie",
            "callbridge=" + first);

    assertThat(again.status()).isEqualTo(204);
    assertThat(again.value("callbridge")).isNotEqualTo(first);
    assertThat(person.send("GET", ME, "", "Cookie", "callbridge=" + first).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"username\":\"sandbox\",\"password\":\"Sandbox\"} | 401",
        "{\"username\":\"nobody\",\"password\":\"sandbox\"}  | 401",
        "{\"username\":\"sandbox\",\"password\":\"\"}        | 401",
        "{}                                                  | 401",
        "{\"username\":1}                                    | 400",
        "{\"user\":\"sandbox\"}                              | 400",
        "[]                                                  | 400"
      })
  void whatIsWrongLetsNobodyInAndDoesNotSayWhich(String body, int status, CapturedOutput log) {
    var refused = login(body);

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.header("Content-Type")).contains("application/problem+json");
    assertThat(refused.header("Set-Cookie")).isEmpty();
    assertThat(refused.body()).doesNotContain("nobody").doesNotContain("Sandbox");
    assertThat(log.getAll()).doesNotContain("\"Sandbox\"");
  }

  @Test
  void aFormIsTakenToo() {
    var login =
        person.send(
            "POST",
            "/login",
            "username=sandbox&password=sandbox",
            "Content-Type",
            "application/x-www-form-urlencoded");

    assertThat(login.status()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void aPageOfAnotherSiteSignsNobodyIn(String site) {
    var refused =
        person.send(
            "POST", "/login", GOOD, "Content-Type", "application/json", "Sec-Fetch-Site", site);

    assertThat(refused.status()).isEqualTo(403);
  }

  /// Not even with the token, which a page of the same domain can put into the browser.
  @Test
  void aPageOfAnotherSiteChangesNothing() {
    var login = login(GOOD);
    String token = login.value("XSRF-TOKEN");
    String both = "callbridge=" + login.value("callbridge") + "; XSRF-TOKEN=" + token;

    var refused =
        person.send(
            "POST",
            "/api/v1/calls",
            "{\"to\":\"+15550002001\"}",
            "Cookie",
            both,
            "X-XSRF-TOKEN",
            token,
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            "other-site",
            "Sec-Fetch-Site",
            "same-site");

    assertThat(refused.status()).isEqualTo(401);
  }

  @Test
  void attemptsAreFew() {
    Visitor guesser = new Visitor(callbridge.settings());
    int attempts = 0;
    Visitor.Answer answer = guess(guesser);
    while (answer.status() == 401 && attempts < 50) {
      attempts++;
      answer = guess(guesser);
    }

    assertThat(answer.status()).isEqualTo(429);
    assertThat(attempts).isBetween(1, 20);
    assertThat(answer.header("Retry-After")).isPresent();
  }

  private static Visitor.Answer guess(Visitor guesser) {
    return guesser.send(
        "POST",
        "/login",
        "{\"username\":\"anybody\",\"password\":\"guess\"}",
        "Content-Type",
        "application/json");
  }

  @Test
  void aKeyNeedsNoTokenAndIsWhoItSays() {
    var me = person.get(ME, "sandbox").json();
    assertThat(me.path("kind").asString()).isEqualTo("KEY");
    assertThat(person.post("/logout", "sandbox", "").status()).isEqualTo(204);
    // A key that is shown counts, whatever cookie comes along.
    String session = "callbridge=" + login(GOOD).value("callbridge");
    assertThat(person.send("GET", ME, "", "Cookie", session, "X-API-Key", "wrong").status())
        .isEqualTo(401);
  }

  @Test
  void aLostTokenIsRenewedByAskingWhoOneIs() {
    String session = "callbridge=" + login(GOOD).value("callbridge");

    assertThat(person.send("GET", ME, "", "Cookie", session).value("XSRF-TOKEN")).isNotEmpty();
  }

  private Visitor.Answer login(String body) {
    return person.send("POST", "/login", body, "Content-Type", "application/json");
  }
}
