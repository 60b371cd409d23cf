package dev.callbridge.diagnostics;

import static dev.callbridge.testing.Callbridge.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.elevenlabs.Rigging.Resource;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asked over HTTP about vendors on real sockets, one thing of which is set wrong at a time.
@CallbridgeTest
@TestInstance(Lifecycle.PER_CLASS)
final class DiagnosticsTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  private final Callbridge callbridge;

  @Autowired
  DiagnosticsTests(Callbridge callbridge) {
    this.callbridge = callbridge;
  }

  @AfterEach
  void mend() {
    callbridge.twilio().book().mend();
    callbridge.elevenlabs().rigging().mend();
  }

  /// Also closes what a refusal of the key has opened. Nobody else's calls are refused.
  @AfterAll
  void leaveNothingBroken() {
    JsonNode report = diagnose("default");
    assertThat(state(report)).as(report.toString()).isEqualTo("PASSED");
    eventually(() -> place("default").statusCode() == 202, "calls are refused");
  }

  @Test
  void everythingIsLookedAtInOrder() {
    JsonNode report = diagnose("default");

    assertThat(ids(report))
        .containsExactly(
            "settings",
            "public-origin",
            "media-origin",
            "database",
            "twilio-credentials",
            "twilio-number",
            "number-routing",
            "number-voice-webhook",
            "number-fallback",
            "number-status-callback",
            "signed-url",
            "circuit",
            "agent",
            "agent-audio",
            "agent-client-events",
            "agent-overrides",
            "agent-variables",
            "agent-concurrency",
            "credit",
            "capacity");
    assertThat(report.path("steps").valueStream())
        .allSatisfy(step -> {
          assertThat(step.path("state").asString()).isEqualTo("PASSED");
          assertThat(step.path("title").asString()).isNotBlank();
          assertThat(step.path("detail").asString()).isNotBlank();
          assertThat(step.path("remedy").isNull()).isTrue();
        });
    assertThat(report.path("agentId").asString()).isEqualTo("agent_sandbox");
    assertThat(report.path("checkedAt").asString()).isNotBlank();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.callbridge.diagnostics.Breakage#all")
  void whatIsWrongIsFoundByItsStep(Breakage breakage) {
    breakage
        .breaks()
        .accept(
            new Breakage.Vendors(callbridge.twilio().book(), callbridge.elevenlabs().rigging()));

    JsonNode report = diagnose("default");

    JsonNode found = step(report, breakage.step());
    assertThat(found.path("state").asString()).isEqualTo(breakage.state().name());
    assertThat(found.path("detail").asString()).contains(breakage.detail());
    assertThat(found.path("remedy").asString()).contains(breakage.remedy());
    assertThat(state(report)).isEqualTo(breakage.state().name());
    assertThat(report.path("steps").valueStream())
        .as("the others pass, or follow from it")
        .filteredOn(step -> !step.equals(found))
        .allSatisfy(step -> assertThat(step.path("state").asString()).isIn("PASSED", "SKIPPED"));
    assertThat(report.toString())
        .as("no secret")
        .doesNotContain("sandbox-auth-token-of-no-account", "sandbox-webhook-secret", "hunter2");
    if (breakage.step().equals("signed-url")) {
      mend();
      diagnose("default");
    }
  }

  @Test
  void whatFollowsFromAFailureIsSkipped() {
    callbridge.twilio().book().refuses(401, 20003);

    JsonNode report = diagnose("default");

    for (String id : List.of("twilio-number", "number-routing", "number-voice-webhook")) {
      JsonNode step = step(report, id);
      assertThat(step.path("state").asString()).isEqualTo("SKIPPED");
      assertThat(step.path("detail").asString()).contains("twilio-credentials");
    }
    assertThat(step(report, "agent").path("state").asString()).isEqualTo("PASSED");
  }

  @ParameterizedTest
  @CsvSource({
    "first_message, agent, First message",
    "language,      agent, Language",
    "voice_id,      tts,   Voice"
  })
  void anOverrideThatTheAgentDoesNotAllowIsNamed(String name, String group, String words) {
    callbridge
        .elevenlabs()
        .rigging()
        .set(
            Resource.AGENT,
            "/platform_settings/overrides/conversation_config_override/" + group + "/" + name,
            false);

    JsonNode wanted = step(diagnose("overrides"), "agent-overrides");
    JsonNode unwanted = step(diagnose("default"), "agent-overrides");

    assertThat(wanted.path("state").asString()).isEqualTo("FAILED");
    assertThat(wanted.path("detail").asString()).contains("sets the " + words);
    assertThat(wanted.path("remedy").asString()).contains("Overrides, enable " + words);
    assertThat(unwanted.path("state").asString()).isEqualTo("PASSED");
    assertThat(unwanted.path("detail").asString()).contains("must not set");
  }

  @Test
  @Tag("faults")
  void vendorsThatNeverAnswerAreWaitedForUpToADeadline() {
    callbridge.twilio().book().neverAnswers();
    for (Resource resource : Resource.values()) {
      callbridge.elevenlabs().rigging().neverAnswer(resource);
    }

    JsonNode report = diagnose("default");

    assertThat(step(report, "twilio-credentials").path("detail").asString()).contains("no answer");
    assertThat(step(report, "signed-url").path("detail").asString())
        .isEqualTo("ElevenLabs did not answer in time.");
    assertThat(step(report, "agent").path("state").asString()).isEqualTo("SKIPPED");
  }

  @ParameterizedTest
  @CsvSource({"twilio-credentials, suspended", "agent, has no agent"})
  void aCallThatWouldNotReachItsAgentIsRefusedWithTheSameWords(String step, String words) {
    leaveNothingBroken();
    String key = UUID.randomUUID().toString();
    HttpResponse<String> before = place("default", key);
    if (step.equals("agent")) {
      callbridge.elevenlabs().rigging().refuse(Resource.AGENT, 404, "agent_not_found");
    } else {
      callbridge.twilio().book().account("status", "suspended");
    }

    eventually(() -> place("default").statusCode() == 503, "a call is still taken");
    JsonNode problem = JSON.readTree(place("default").body());
    JsonNode found = step(diagnose("default"), step);

    assertThat(problem.path("step").asString()).isEqualTo(step);
    assertThat(problem.path("detail").asString())
        .contains(words)
        .endsWith(found.path("detail").asString());
    assertThat(problem.path("remedy").asString()).isEqualTo(found.path("remedy").asString());
    assertThat(place("default", key).body())
        .as("what was placed before is still answered for")
        .contains(JSON.readTree(before.body()).path("id").asString());

    mend();
    eventually(() -> place("default").statusCode() == 202, "calls are still refused");
  }

  @Test
  void aKeyThatWasRefusedRefusesCallsUntilItIsAcceptedAgain() {
    callbridge.elevenlabs().rigging().refuse(Resource.SIGNED_URL, 401, "quota_exceeded");
    diagnose("default");

    HttpResponse<String> refused = place("default");
    mend();
    diagnose("default");
    HttpResponse<String> taken = place("default");

    assertThat(refused.statusCode()).isEqualTo(503);
    JsonNode problem = JSON.readTree(refused.body());
    assertThat(problem.path("step").asString()).isEqualTo("circuit");
    assertThat(problem.path("detail").asString()).contains("no credit left");
    assertThat(problem.path("remedy").asString()).contains("buy credits");
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(taken.statusCode()).isEqualTo(202);
  }

  @Test
  void aVendorThatCannotBeAskedRefusesNoCall() {
    leaveNothingBroken();
    callbridge.twilio().book().refuses(503, 20503);
    callbridge.elevenlabs().rigging().answer(Resource.AGENT, 500, "");
    assertThat(state(diagnose("default"))).isEqualTo("FAILED");

    assertThat(IntStream.range(0, 3).map(_ -> place("default").statusCode())).containsOnly(202);
  }

  @Test
  void manyWhoAskAtATimeAllGetAnAnswer() {
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.generate(
                () -> HTTP.sendAsync(get("/api/v1/diagnostics").build(), BodyHandlers.ofString()))
            .limit(20)
            .toList();

    assertThat(answers)
        .allSatisfy(answer ->
            assertThat(JSON.readTree(answer.join().body()).path("state").asString())
                .isEqualTo("PASSED"));
  }

  @Test
  void anAssistantThatIsNotThereIsNamed() {
    HttpResponse<String> answer = send(get("/api/v1/diagnostics?assistant=nobody"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).at("/errors/0/field").asString())
        .isEqualTo("assistant");
  }

  @Test
  void aKeyIsNeeded() {
    HttpRequest.Builder anonymous =
        HttpRequest.newBuilder(callbridge.settings().publicUrl("/api/v1/diagnostics"));

    assertThat(send(anonymous).statusCode()).isEqualTo(401);
  }

  private JsonNode diagnose(String assistant) {
    HttpResponse<String> answer = send(get("/api/v1/diagnostics?assistant=" + assistant));
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> place(String assistant) {
    return place(assistant, UUID.randomUUID().toString());
  }

  /// To a number that is busy: nobody talks.
  private HttpResponse<String> place(String assistant, String key) {
    return send(
        request("/api/v1/calls")
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"to\":\"+15550002001\",\"assistant\":\"" + assistant + "\"}")));
  }

  private HttpRequest.Builder get(String path) {
    return request(path).GET();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
        .header("X-API-Key", "sandbox");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.timeout(SOON).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String state(JsonNode report) {
    return report.path("state").asString("");
  }

  private static List<String> ids(JsonNode report) {
    return report.path("steps").valueStream().map(step -> step.path("id").asString()).toList();
  }

  private static JsonNode step(JsonNode report, String id) {
    return report
        .path("steps")
        .valueStream()
        .filter(step -> step.path("id").asString().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
