package dev.callbridge.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.secrets.Secret;
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
import reactor.test.scheduler.VirtualTimeScheduler;

final class ExaminationTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Finding GOOD = Finding.passed("good");
  private static final Finding BAD = Finding.failed("bad", "mend it");

  /// Its own: one for the whole process would stop the clocks of everything else that runs.
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

  @Test
  void aStepThatNeverAnswersIsGivenUpOn() {
    List<Step> steps = List.of(step("slow", Mono.never()), step("good", Mono.just(GOOD)));

    var examined = Examination.of(steps, assistant("agent_1"), time).toFuture();

    time.advanceTimeBy(Examination.DEADLINE.minusMillis(1));
    assertThat(examined).isNotDone();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(examined).isCompleted();
    assertThat(examined.join().getFirst().state()).isEqualTo(State.FAILED);
    assertThat(examined.join().getLast().state()).isEqualTo(State.PASSED);
  }

  @Test
  void allOfThemTakeAsLongAsTheSlowest() {
    Mono<Finding> slow = Mono.delay(Duration.ofSeconds(4), time).thenReturn(GOOD);
    var examined =
        Examination.of(
                IntStream.range(0, 20).mapToObj(i -> step("s" + i, slow)).toList(),
                assistant("agent_1"),
                time)
            .toFuture();

    time.advanceTimeBy(Duration.ofSeconds(4));
    assertThat(examined).isCompleted();
    assertThat(examined.join()).hasSize(20);
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
    Mono<Integer> answer =
        Mono.delay(Duration.ofSeconds(1), time).map(_ -> asked.incrementAndGet());
    Mono<Integer> shared = Facts.shared(answer, Duration.ofSeconds(5), time);
    var answers =
        Flux.range(0, 100)
            .flatMap(_ -> shared, 100)
            .concatWith(shared.delaySubscription(Duration.ofSeconds(4), time))
            .concatWith(shared.delaySubscription(Duration.ofSeconds(2), time))
            .collectList()
            .toFuture();

    time.advanceTimeBy(Duration.ofSeconds(20));
    assertThat(answers).isCompleted();
    assertThat(answers.join()).hasSize(102).endsWith(1, 2);
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
        new TwilioSettings(sid, List.of(new Secret(token)), number, origin, origin, null),
        new ElevenLabsSettings(
            new Secret(key), origin, false, Map.of(), List.of(new Secret(secret))));
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
    return Assistant.of(agentId);
  }
}
