package dev.callbridge.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.assistants.AgentReach.Brought;
import dev.callbridge.assistants.AgentReach.Obstacle;
import dev.callbridge.assistants.AgentReach.Unfit;
import dev.callbridge.assistants.AssistantSettings;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.LookupSettings;
import dev.callbridge.elevenlabs.AgentProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

final class KnownReachTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Finding GOOD = Finding.passed("good");
  private static final Finding BAD = Finding.failed("it is bad", "mend it");

  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicInteger looks = new AtomicInteger();
  private Finding finding = GOOD;
  private Optional<String> closed = Optional.empty();
  private Optional<AgentProfile> profile = Optional.empty();

  private final KnownReach reach =
      new KnownReach(
          new DiagnosticsSettings(
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofSeconds(5),
              Duration.ofSeconds(60)),
          new Assistants(
              new AssistantSettings(
                  Map.of(
                      "default", ExaminationTests.assistant("agent_1"),
                      "other", ExaminationTests.assistant("agent_2")),
                  Map.of(),
                  new LookupSettings(List.of(), false))),
          _ -> closed,
          _ -> Mono.justOrEmpty(profile),
          List.of(new Step("agent", "", Set.of(), _ -> look())),
          nanos::get);

  @Test
  void whatIsNotKnownRefusesNothing() {
    finding = BAD;

    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void aDefiniteFailureRefusesWhileItIsFresh() {
    finding = BAD;
    refresh();
    assertThat(reach.obstacle("default")).contains(new Obstacle("agent", "it is bad", "mend it"));

    pass(Duration.ofSeconds(60));
    assertThat(reach.obstacle("default")).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void aVendorThatDoesNotAnswerRefusesNothing() {
    finding = BAD.passing();
    refresh();
    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void whatTheAgentDoesNotTakeIsNamedWhileItIsKnown() {
    Brought two = new Brought(Set.of("firstMessage", "voiceId"), Set.of("guest"));
    assertThat(reach.unfit("default", two)).as("not known").isEmpty();

    profile =
        Optional.of(
            new AgentProfile(
                "ulaw_8000",
                "ulaw_8000",
                null,
                false,
                Set.of(),
                Set.of(AgentProfile.VOICE_ID),
                new TreeSet<>(Set.of("guest", "party")),
                -1));
    refresh();
    assertThat(reach.unfit("default", two))
        .extracting(Unfit::field)
        .containsExactly("firstMessage", "variables.party");
    assertThat(reach.unfit("default", new Brought(Set.of(), Set.of("guest", "party")))).isEmpty();

    pass(Duration.ofSeconds(61));
    assertThat(reach.unfit("default", two)).as("too long ago").isEmpty();
  }

  @Test
  void aWarningRefusesNothing() {
    finding = Finding.warning("odd", "see to it").blocking();
    refresh();
    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void aCircuitRefusesAtOnceAndOnlyWhileItIsOpen() {
    closed = Optional.of("quota_exceeded");
    assertThat(reach.obstacle("default").orElseThrow().step()).isEqualTo("circuit");

    closed = Optional.empty();
    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void whatWasMendedIsSeenSoonerThanWhatBreaks() {
    refresh();
    pass(Duration.ofSeconds(29));
    refresh();
    assertThat(looks).as("good for half a minute").hasValue(1);

    finding = BAD;
    pass(Duration.ofSeconds(2));
    refresh();
    assertThat(reach.obstacle("default")).isPresent();
    finding = GOOD;
    pass(Duration.ofSeconds(6));
    refresh();

    assertThat(looks).hasValue(3);
    assertThat(reach.obstacle("default")).isEmpty();
  }

  @Test
  void onlyAssistantsThatCallsArePlacedForAreLookedAfter() {
    refresh();
    assertThat(looks).as("default").hasValue(1);

    assertThat(reach.obstacle("other")).isEmpty();
    refresh();
    assertThat(looks).as("and the other").hasValue(2);

    pass(Duration.ofMinutes(11));
    refresh();
    assertThat(looks).as("default").hasValue(3);
  }

  private Mono<Finding> look() {
    looks.incrementAndGet();
    return Mono.just(finding);
  }

  private void refresh() {
    reach.refresh().block(SOON);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
