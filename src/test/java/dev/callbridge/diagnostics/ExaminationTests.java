package dev.callbridge.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.MachinePolicy;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.twilio.TwilioSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

final class ExaminationTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Finding GOOD = Finding.passed("good");
  private static final Finding BAD = Finding.failed("bad", "mend it");

  @Test
  void aStepThatNeverAnswersIsGivenUpOn() {
    List<Step> steps = List.of(step("slow", Mono.never()), step("good", Mono.just(GOOD)));

    StepVerifier.withVirtualTime(() -> Examination.of(steps, assistant("agent_1")))
        .expectSubscription()
        .expectNoEvent(Examination.DEADLINE.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .assertNext(results -> {
          assertThat(results.getFirst().state()).isEqualTo(State.FAILED);
          assertThat(results.getLast().state()).isEqualTo(State.PASSED);
        })
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void allOfThemTakeAsLongAsTheSlowest() {
    StepVerifier.withVirtualTime(
            () -> {
              Mono<Finding> slow = Mono.delay(Duration.ofSeconds(4)).thenReturn(GOOD);
              return Examination.of(
                  IntStream.range(0, 20).mapToObj(i -> step("s" + i, slow)).toList(),
                  assistant("agent_1"));
            })
        .thenAwait(Duration.ofSeconds(4))
        .assertNext(results -> assertThat(results).hasSize(20))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void oneThatBreaksIsAFailureAndEndsNothing() {
    List<Step> steps =
        List.of(
            step("thrown", Mono.error(new IllegalStateException("broken"))),
            step("empty", Mono.empty()),
            step("good", Mono.just(GOOD)));

    assertThat(states(steps)).containsExactly(State.FAILED, State.FAILED, State.PASSED);
  }

  @Test
  void whatFollowsFromAFailureIsSkippedHoweverFarItFollows() {
    List<Step> steps =
        List.of(
            step("bad", Mono.just(BAD)),
            step("next", Mono.just(GOOD), "bad"),
            step("nextButOne", Mono.just(BAD), "next"),
            step("beside", Mono.just(GOOD)));

    List<Report.Result> results = results(steps);

    assertThat(states(steps))
        .containsExactly(State.FAILED, State.SKIPPED, State.SKIPPED, State.PASSED);
    assertThat(results.get(2).detail()).contains("because of bad");
  }

  @Test
  void howeverManyAskAVendorIsAskedOnceAndAgainAfterAWhile() {
    AtomicInteger asked = new AtomicInteger();
    StepVerifier.withVirtualTime(
            () -> {
              Mono<Integer> answer =
                  Mono.delay(Duration.ofSeconds(1)).map(_ -> asked.incrementAndGet());
              Mono<Integer> shared = Facts.shared(answer, Duration.ofSeconds(5));
              return Flux.range(0, 100)
                  .flatMap(_ -> shared, 100)
                  .concatWith(shared.delaySubscription(Duration.ofSeconds(4)))
                  .concatWith(shared.delaySubscription(Duration.ofSeconds(2)));
            })
        .thenAwait(Duration.ofSeconds(20))
        .expectNextCount(101)
        .expectNext(2)
        .expectComplete()
        .verify(SOON);
    assertThat(asked).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource({
    "AC1,                                token, +15550001000, agent_1, key, TWILIO_ACCOUNT_SID",
    "AC00000000000000000000000000000000, '',    +15550001000, agent_1, key, TWILIO_AUTH_TOKEN",
    "AC00000000000000000000000000000000, token, 5550001000,   agent_1, key, TWILIO_PHONE_NUMBER",
    "AC00000000000000000000000000000000, token, +15550001000, a/../b,  key, ELEVENLABS_AGENT_ID",
    "AC00000000000000000000000000000000, token, +15550001000, agent_1, '',  ELEVENLABS_API_KEY",
  })
  void aSettingThatCannotBeRightIsNamed(
      String sid, String token, String number, String agent, String key, String named) {
    Finding finding = settings(sid, token, number, key, "secret").check(assistant(agent));

    assertThat(finding.state()).isEqualTo(State.FAILED);
    assertThat(finding.detail()).contains(named).doesNotContain("token ", "secret");
  }

  @Test
  void aMissingWebhookSecretIsAWarning() {
    String sid = "AC" + "0".repeat(32);

    assertThat(settings(sid, "t", "+15550001000", "k", "").check(assistant("agent_1")).detail())
        .contains("ELEVENLABS_WEBHOOK_SECRET");
    assertThat(settings(sid, "t", "+15550001000", "k", "s").check(assistant("agent_1")).state())
        .isEqualTo(State.PASSED);
  }

  /// The only one of these that no request to a vendor can bring about.
  @Test
  void anAgentThatDiesAtOnceAgainAndAgainIsTold() {
    assertThat(AgentSteps.closed("quick_failures").detail())
        .contains("died right after they began");
  }

  private static SettingsStep settings(
      String sid, String token, String number, String key, String secret) {
    URI origin = URI.create("https://voice.example.com");
    return new SettingsStep(
        new TwilioSettings(sid, List.of(token), number, origin, origin, null),
        new ElevenLabsSettings(key, origin, false, Map.of(), List.of(secret)));
  }

  private static List<State> states(List<Step> steps) {
    return results(steps).stream().map(Report.Result::state).toList();
  }

  private static List<Report.Result> results(List<Step> steps) {
    return Objects.requireNonNull(Examination.of(steps, assistant("agent_1")).block(SOON));
  }

  private static Step step(String id, Mono<Finding> finding, String... needs) {
    return new Step(id, id, Set.of(needs), _ -> finding);
  }

  static Assistant assistant(String agentId) {
    Duration some = Duration.ofSeconds(8);
    return new Assistant(
        agentId,
        null,
        null,
        null,
        some,
        some,
        true,
        "",
        "",
        "",
        "",
        "en-US",
        null,
        MachinePolicy.HANG_UP,
        null,
        null);
  }
}
