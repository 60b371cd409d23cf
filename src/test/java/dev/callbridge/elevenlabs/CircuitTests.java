package dev.callbridge.elevenlabs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.secrets.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

final class CircuitTests {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Circuits circuits = new Circuits(meters, nanos::get);
  private final Circuit circuit = circuits.ofKey(new Secret("key"));
  private final AgentCircuit agent = circuits.ofAgent("agent_1");

  @Test
  void closedLetsEverybodyThrough() {
    passes();
    passes();
  }

  @Test
  void openRefusesAtOnceAndSaysWhy() {
    circuit.open("invalid_api_key");

    refuses();
    assertThat(meters.counter("callbridge.agent.circuit.opened", "reason", "invalid_api_key"))
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
    assertThat(meters.counter("callbridge.agent.circuit.refused", "reason", "invalid_api_key"))
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
    assertThat(meters.get("callbridge.agent.circuits.open").gauge().value()).isEqualTo(1);
  }

  @Test
  void oneKeySaysNothingOfAnother() {
    circuit.open("invalid_api_key");

    assertThatCode(circuits.ofKey(new Secret("another"))::check).doesNotThrowAnyException();
    assertThat(circuits.ofKey(new Secret("key"))).isSameAs(circuit);
  }

  @Test
  void oneMayTryAfterAWhileAndAnotherWhenThatOneHasNotTold() {
    circuit.open("invalid_api_key");
    pass(Circuit.OPEN.minus(MOMENT));
    refuses();
    pass(MOMENT);
    passes();
    refuses();
    pass(Circuit.TRIAL);
    passes();
    refuses();
  }

  @Test
  void aTryThatWorkedClosesIt() {
    circuit.open("invalid_api_key");
    pass(Circuit.OPEN);
    passes();
    circuit.close();
    passes();
    assertThat(meters.get("callbridge.agent.circuits.open").gauge().value()).isZero();
  }

  @Test
  void aTryThatFailedOpensItForAsLongAgain() {
    circuit.open("invalid_api_key");
    pass(Circuit.OPEN);
    passes();
    circuit.open("invalid_api_key");
    pass(Circuit.OPEN.minus(MOMENT));
    refuses();
  }

  @Test
  void anAgentThatDiesAtOnceThreeTimesIsNotTriedAFourth() {
    for (int i = 0; i < AgentCircuit.TOLERATED; i++) {
      livesFor(Duration.ofMillis(500));
    }

    StepVerifier.create(agent.guard(Flux.never()))
        .expectErrorSatisfies(e -> reason(e, "circuit_open_quick_failures"))
        .verify(SOON);
  }

  @Test
  void anAgentThatLivesInBetweenIsTriedOn() {
    livesFor(Duration.ofMillis(500));
    livesFor(Duration.ofMillis(500));
    pass(MOMENT);
    livesFor(AgentCircuit.QUICK);
    livesFor(Duration.ofMillis(500));
    livesFor(Duration.ofMillis(500));

    assertThat(agent.isOpen()).isFalse();
  }

  @Test
  void anAgentThatIsNotReachedHasNotDied() {
    for (int i = 0; i < 10; i++) {
      StepVerifier.create(agent.guard(Flux.error(new AgentException("upgrade_503"))))
          .expectErrorSatisfies(e -> reason(e, "upgrade_503"))
          .verify(SOON);
    }

    assertThat(agent.isOpen()).isFalse();
  }

  @Test
  void lookingWhyItRefusesIsNotTrying() {
    circuit.open("invalid_api_key");
    assertThat(circuit.refusing()).contains("invalid_api_key");

    pass(Circuit.OPEN);
    assertThat(circuit.refusing()).isEmpty();
    assertThat(circuit.refusing()).isEmpty();
    passes();

    assertThat(circuit.refusing()).as("one tries").contains("invalid_api_key");
  }

  @Test
  void aTryThatLivesClosesItWithoutHavingToEnd() {
    for (int i = 0; i < AgentCircuit.TOLERATED; i++) {
      livesFor(Duration.ZERO);
    }
    pass(Circuit.OPEN);
    TestPublisher<FromAgent> trial = TestPublisher.create();
    StepVerifier.create(agent.guard(trial.flux()))
        .then(() -> trial.next(new FromAgent.Ready("conv_1")))
        .expectNextCount(1)
        .then(() -> assertThat(agent.isOpen()).isTrue())
        .then(() -> pass(AgentCircuit.QUICK))
        .then(() -> assertThat(agent.isOpen()).isFalse())
        .thenCancel()
        .verify(SOON);
  }

  private void livesFor(Duration life) {
    TestPublisher<FromAgent> conversation = TestPublisher.create();
    StepVerifier.create(agent.guard(conversation.flux()))
        .then(() -> conversation.next(new FromAgent.Ready("conv_1")))
        .expectNextCount(1)
        .then(() -> pass(life))
        .then(() -> conversation.error(new AgentException("closed_1006")))
        .expectErrorSatisfies(e -> reason(e, "closed_1006"))
        .verify(SOON);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void passes() {
    assertThatCode(circuit::check).doesNotThrowAnyException();
  }

  private void refuses() {
    assertThatThrownBy(circuit::check).satisfies(e -> reason(e, "circuit_open_invalid_api_key"));
  }

  private static void reason(Throwable e, String reason) {
    assertThat(((AgentException) e).reason()).isEqualTo(reason);
  }
}
