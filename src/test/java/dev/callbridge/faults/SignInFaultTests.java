package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/// A person at a browser, behind a balancer that sends each request where it likes.
@Timeout(400)
@Tag("faults")
final class SignInFaultTests {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private World world;

  @BeforeEach
  void build() throws Exception {
    world = new World(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    world.close();
  }

  @Test
  void oneIsSignedInWhereverOneAsksAndAfterARestart() throws Exception {
    String[] users = {
      "CALLBRIDGE_USERS", "ann:admin:{bcrypt}" + new BCryptPasswordEncoder(10).encode("a-password")
    };
    RelayProcess first = world.startRelay(users);
    URI here = world.url("/");
    URI beside = world.startRelayBeside(users);

    HttpResponse<String> login =
        send(
            request(here, "/login")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString("{\"username\":\"ann\",\"password\":\"a-password\"}")));
    assertThat(login.statusCode()).isEqualTo(204);
    String token = cookie(login, "XSRF-TOKEN");
    String cookies = "callbridge=" + cookie(login, "callbridge") + "; XSRF-TOKEN=" + token;
    assertThat(who(here, cookies).statusCode()).isEqualTo(200);
    assertThat(who(beside, cookies).body()).contains("\"name\":\"ann\"");

    first.signal("KILL");
    first.awaitExit(Duration.ofSeconds(20));
    assertThat(who(beside, cookies).statusCode()).isEqualTo(200);
    world.startRelay(users);
    assertThat(who(here, cookies).statusCode()).isEqualTo(200);

    HttpResponse<String> forged =
        send(request(beside, "/logout").header("Cookie", cookies).POST(BodyPublishers.noBody()));
    assertThat(forged.statusCode()).isEqualTo(403);
    HttpResponse<String> logout =
        send(
            request(beside, "/logout")
                .header("Cookie", cookies)
                .header("X-XSRF-TOKEN", token)
                .POST(BodyPublishers.noBody()));
    assertThat(logout.statusCode()).isEqualTo(204);
    assertThat(who(beside, cookies).statusCode()).isEqualTo(401);
    World.eventually(
        () -> isSignedOut(here, cookies),
        Duration.ofSeconds(10),
        "signed out at one instance, but not at the other");
  }

  private static boolean isSignedOut(URI origin, String cookies) {
    try {
      return who(origin, cookies).statusCode() == 401;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> who(URI origin, String cookies)
      throws IOException, InterruptedException {
    return send(request(origin, "/api/v1/me").header("Cookie", cookies));
  }

  private static HttpRequest.Builder request(URI origin, String path) {
    return HttpRequest.newBuilder(origin.resolve(path)).timeout(Duration.ofSeconds(15));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static String cookie(HttpResponse<?> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(set -> set.startsWith(name + "="))
        .map(set -> set.substring(name.length() + 1).split(";", 2)[0])
        .findFirst()
        .orElseThrow();
  }
}
