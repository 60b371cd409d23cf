package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.access.RouteTable.Route;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/// Every route against everybody who may not use it. The routes are those that Spring dispatches: a
/// new one that nobody has decided about fails here.
@CallbridgeTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RouteMatrixTests {

  private static final String ANY_SCOPE = "any";
  private static final String NOBODY = "nobody";

  private final Callbridge callbridge;
  private final List<Route> routes;
  private final Map<String, String> keys;
  private final String revoked;
  private final String expired;

  RouteMatrixTests(
      @Autowired Callbridge callbridge,
      @Autowired ApplicationContext context,
      @Autowired DatabaseClient database) {
    this.callbridge = callbridge;
    routes = RouteTable.of(context);
    Visitor admin = visitor();
    keys =
        Map.of(
            "calls:read", admin.makeKey("\"calls:read\"", "").path("key").asString(),
            "calls:write", admin.makeKey("\"calls:write\"", "").path("key").asString(),
            "admin", admin.makeKey("\"admin\"", "").path("key").asString());
    JsonNode toRevoke = admin.makeKey("\"admin\"", "");
    revoked = toRevoke.path("key").asString();
    admin.delete("/api/v1/api-keys/" + toRevoke.path("id").asString(), "sandbox");
    JsonNode toExpire = admin.makeKey("\"admin\"", "");
    expired = toExpire.path("key").asString();
    database
        .sql("UPDATE api_key SET expires_at = now() WHERE id = :id")
        .bind("id", UUID.fromString(toExpire.path("id").asString()))
        .then()
        .block(Callbridge.SOON);
  }

  private Visitor visitor() {
    return new Visitor(callbridge.settings());
  }

  private static boolean isVendors(Route route) {
    return route.isUnder(
        "/twilio",
        "/twiml",
        "/stream",
        "/api/media-stream",
        "/api/v1/elevenlabs-twilio/call",
        "/elevenlabs/webhook",
        // No vendor's: the page of a browser call shows a ticket, as Twilio does.
        "/api/v1/browser-calls/media");
  }

  /// For all to use: they hold nothing, or are how one comes to be somebody.
  private static boolean isOpen(Route route) {
    return route.method().equals("POST") && route.isUnder("/login", "/logout")
        || route.method().equals("GET")
            && (List.of("/", "/index.html", "/login", "/favicon.ico").contains(route.pattern())
                || route.isUnder("/assets"));
  }

  /// The scope that a route needs, decided here once more and apart from the code.
  private static Optional<String> scope(Route route) {
    if (route.isUnder("/api/v1/me")) {
      return Optional.of(ANY_SCOPE);
    } else if (route.isUnder("/api/v1/api-keys")) {
      return Optional.of("admin");
    } else if (route.isUnder("/api/v1/assistants")) {
      return Optional.of(route.isUnsafe() ? "admin" : "calls:read");
    } else if (route.isUnder("/api/v1/elevenlabs-twilio/test-synthesis", "/api/v1/speech-to-speech")
        || route.pattern().equals("/api/v1/browser-calls")) {
      return Optional.of("calls:write");
    } else if (route.isUnder("/api/v1/restaurants")) {
      return Optional.of(route.isUnsafe() ? "admin" : "calls:read");
    } else if (route.isUnder(
        "/api/v1/calls", "/api/v1/reservations", "/api/v1/reservation-requests")) {
      return Optional.of(route.isUnsafe() ? "calls:write" : "calls:read");
    } else if (route.isUnder(
        "/api/v1/stats",
        "/api/v1/diagnostics",
        "/api/v1/transfer-targets",
        "/api/v1/elevenlabs-twilio/test",
        "/api/v1/elevenlabs-twilio/connections",
        "/v3/api-docs",
        "/v3/api-docs.yaml",
        "/swagger-ui",
        "/swagger-ui.html",
        "/webjars")) {
      return Optional.of("calls:read");
    } else if (route.pattern().equals("/**")) {
      return Optional.of(NOBODY);
    }
    return Optional.empty();
  }

  private List<Route> guarded() {
    return routes.stream().filter(route -> !isVendors(route) && !isOpen(route)).toList();
  }

  @Test
  void theTableHoldsTheRoutesThatEverybodyKnows() {
    assertThat(routes)
        .contains(
            new Route("POST", "/api/v1/calls"),
            new Route("DELETE", "/api/v1/calls/{id}"),
            new Route("POST", "/twilio/voice"),
            new Route("GET", "/twiml"),
            new Route("GET", "/stream"),
            new Route("POST", "/elevenlabs/webhook"),
            new Route("POST", "/login"));
  }

  @Test
  void somebodyHasDecidedAboutEveryRoute() {
    assertThat(guarded())
        .allSatisfy(route ->
            assertThat(scope(route))
                .as(route + " is new: say who may use it, in AccessRules and here")
                .isPresent());
  }

  @Test
  void withoutAGoodKeyEveryRouteRefuses() {
    String wellFormed = Keys.make();
    SoftAssertions all = new SoftAssertions();
    for (Route route : guarded()) {
      Visitor visitor = visitor();
      all.assertThat(send(visitor, route)).as("%s without a key", route).isEqualTo(401);
      for (String key : new String[] {"", "wrong", wellFormed, revoked, expired}) {
        all.assertThat(send(visitor, route, "X-API-Key", key))
            .as("%s with %s", route, key)
            .isEqualTo(401);
        all.assertThat(send(visitor, route, "Authorization", "Bearer " + key))
            .as("%s with Bearer %s", route, key)
            .isEqualTo(401);
      }
      all.assertThat(send(visitor, route, "Authorization", "Basic c2FuZGJveDpzYW5kYm94"))
          .as("%s with a password", route)
          .isEqualTo(401);
      all.assertThat(send(visitor, route, "Cookie", "callbridge=" + UUID.randomUUID()))
          .as("%s with a session that is not there", route)
          .isIn(401, 403);
    }
    all.assertAll();
  }

  @Test
  void aKeyOfAnotherScopeIsRefusedAndOneOfTheRightScopeIsNot() {
    SoftAssertions all = new SoftAssertions();
    for (Route route : guarded()) {
      String needed = scope(route).orElseThrow();
      Visitor visitor = visitor();
      keys.forEach((scope, key) -> {
        boolean let =
            needed.equals(ANY_SCOPE)
                || scope.equals(needed)
                || (scope.equals("admin") && !needed.equals(NOBODY));
        int status = send(visitor, route, "X-API-Key", key);
        if (let) {
          all.assertThat(status).as("%s with %s", route, scope).isNotIn(401, 403, 429);
        } else {
          all.assertThat(status).as("%s with %s", route, scope).isEqualTo(403);
        }
      });
    }
    all.assertAll();
  }

  /// Whoever is signed in, an unsafe request needs the token beside the cookie.
  @Test
  void aCookieAloneChangesNothing() {
    Visitor visitor = visitor();
    var login =
        visitor.send(
            "POST",
            "/login",
            "{\"username\":\"sandbox\",\"password\":\"sandbox\"}",
            "Content-Type",
            "application/json");
    String cookie = "callbridge=" + login.value("callbridge");
    String token = login.value("XSRF-TOKEN");
    SoftAssertions all = new SoftAssertions();
    routes.stream()
        .filter(route -> !isVendors(route) && route.isUnsafe() && !route.isUnder("/login"))
        .forEach(route -> {
          all.assertThat(send(visitor, route, "Cookie", cookie)).as("%s", route).isEqualTo(403);
          all.assertThat(
                  send(
                      visitor,
                      route,
                      "Cookie",
                      cookie + "; XSRF-TOKEN=" + token,
                      "X-XSRF-TOKEN",
                      token + "x"))
              .as("%s with another token", route)
              .isEqualTo(403);
        });
    all.assertAll();
    assertThat(visitor.send("GET", "/api/v1/me", "", "Cookie", cookie).status()).isEqualTo(200);
  }

  @Test
  void everyVendorRouteNeedsTheVendorsSignature() {
    Visitor visitor = visitor();
    String form = "AccountSid=" + callbridge.settings().accountSid() + "&CallSid=CA1";
    SoftAssertions all = new SoftAssertions();
    routes.stream()
        .filter(RouteMatrixTests::isVendors)
        .forEach(route -> {
          String[] type = {"Content-Type", "application/x-www-form-urlencoded"};
          for (String[] headers :
              List.of(
                  type,
                  new String[] {type[0], type[1], "X-Twilio-Signature", "Zm9yZ2Vk"},
                  new String[] {type[0], type[1], "ElevenLabs-Signature", "t=1,v0=00"},
                  // A key of ours is nothing to a vendor's route.
                  new String[] {type[0], type[1], "X-API-Key", "sandbox"})) {
            all.assertThat(
                    visitor
                        .send(route.method(), route.path(), route.isUnsafe() ? form : "", headers)
                        .status())
                .as("%s with %s", route, List.of(headers))
                // A plain GET of a socket's address is told what it is before anything else.
                .isIn(403, 426);
          }
          if (!route.isUnsafe() && !route.isUnder("/twiml")) {
            refusesSocket(route);
          }
        });
    all.assertAll();
  }

  private void refusesSocket(Route route) {
    URI address = callbridge.settings().publicUrl(route.path());
    URI socket = URI.create(address.toString().replaceFirst("^http", "ws"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThatThrownBy(() ->
              client
                  .newWebSocketBuilder()
                  .header("X-Twilio-Signature", "Zm9yZ2Vk")
                  .buildAsync(socket, new WebSocket.Listener() {})
                  .join())
          .as("%s", route)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }
  }

  @Test
  void everyAnswerCarriesTheHeadersThatKeepBrowsersSafe() {
    Visitor visitor = visitor();
    for (Route route : routes) {
      var answer = visitor.send(route.method(), route.path(), "");
      assertThat(answer.header("Content-Security-Policy"))
          .as("%s", route)
          .hasValueSatisfying(
              policy -> assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe"));
      assertThat(answer.header("X-Content-Type-Options")).as("%s", route).contains("nosniff");
      assertThat(answer.header("X-Frame-Options")).as("%s", route).contains("DENY");
      assertThat(answer.header("Cache-Control")).as("%s", route).isPresent();
    }
  }

  @Test
  void theManagementPortIsThisMachinesAndNothingOfItIsOnThePublicOne(
      @Autowired ApplicationContext context) {
    Visitor visitor = visitor();

    assertThat(context.getEnvironment().getProperty("management.server.address"))
        .isEqualTo("127.0.0.1");
    for (String path :
        new String[] {"/actuator", "/actuator/health", "/actuator/prometheus", "/actuator/env"}) {
      assertThat(visitor.send("GET", path, "").status()).as(path).isEqualTo(401);
      assertThat(visitor.get(path, "sandbox").status()).as(path).isEqualTo(403);
    }
  }

  private int send(Visitor visitor, Route route, String... headers) {
    var answer = visitor.send(route.method(), route.path(), "", headers);
    assertThat(answer.http().body()).isNotNull();
    closing(answer);
    return answer.status();
  }

  /// A stream of events has no end of its own.
  private static void closing(Visitor.Answer answer) {
    try {
      Objects.requireNonNull(answer.http().body()).close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
