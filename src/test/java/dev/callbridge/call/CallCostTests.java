package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallCost.Known;
import dev.callbridge.call.CallCost.Part;
import dev.callbridge.call.CallCost.Status;
import dev.callbridge.testing.Plans;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallCostTests {

  private static final Instant ANSWERED = Instant.parse("2026-01-01T00:00:00Z");
  private static final CostSettings RATES =
      new CostSettings(new BigDecimal("0.0140"), new BigDecimal("0.10"));
  private static final Known NOTHING = new Known(null, null, 1, 0, null, null);

  @Test
  void aCallThatIsOnHasNoCostYet() {
    assertThat(CallCost.of(call(ANSWERED, null), NOTHING, RATES)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0140", "1, 0.0140", "60, 0.0140", "61, 0.0280", "3600, 0.8400"})
  void twilioChargesForEveryMinuteThatHasBegun(long seconds, BigDecimal amount) {
    Part twilio = cost(seconds, NOTHING).twilio();

    assertThat(twilio.amount()).isEqualByComparingTo(amount);
    assertThat(twilio.status()).isEqualTo(Status.ESTIMATED);
    assertThat(twilio.basis()).contains("0.0140");
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0000", "30, 0.0500", "61, 0.1017"})
  void theAgentIsReckonedBySeconds(long seconds, BigDecimal amount) {
    Part agent = cost(seconds, NOTHING).elevenlabs();

    assertThat(agent.amount()).isEqualByComparingTo(amount);
    assertThat(agent.status()).isEqualTo(Status.ESTIMATED);
  }

  @Test
  void whatTheVendorsSayIsFinal() {
    BigDecimal price = new BigDecimal("0.0085");
    CallCost cost = cost(30, new Known(price, "EUR", 2, 2, 40L, new BigDecimal("0.006")));

    assertThat(cost.twilio().amount()).isEqualTo(price);
    assertThat(cost.twilio().currency()).isEqualTo("EUR");
    assertThat(cost.twilio().status()).isEqualTo(Status.FINAL);
    assertThat(cost.elevenlabs().credits()).isEqualTo(40);
    assertThat(cost.elevenlabs().status()).isEqualTo(Status.FINAL);
  }

  @Test
  void creditsAloneAreACostToo() {
    Part agent = cost(30, new Known(null, null, 1, 1, 40L, null)).elevenlabs();

    assertThat(agent.status()).isEqualTo(Status.FINAL);
    assertThat(agent.amount()).isNull();
    assertThat(agent.currency()).isNull();
  }

  @Test
  void oneConversationOfTwoIsNotTheWhole() {
    Part agent = cost(30, new Known(null, null, 2, 1, 40L, new BigDecimal("0.006"))).elevenlabs();

    assertThat(agent.status()).isEqualTo(Status.ESTIMATED);
  }

  @Test
  void aCallThatNobodyAnsweredCostsNothing() {
    Known none = new Known(null, null, 0, 0, null, null);
    CallCost cost = Objects.requireNonNull(CallCost.of(call(null, ANSWERED), none, RATES));

    assertThat(cost.twilio().amount()).isZero();
    assertThat(cost.twilio().status()).isEqualTo(Status.ESTIMATED);
    assertThat(cost.elevenlabs().amount()).isZero();
    assertThat(cost.elevenlabs().status()).isEqualTo(Status.FINAL);
  }

  private static CallCost cost(long seconds, Known known) {
    return Objects.requireNonNull(
        CallCost.of(call(ANSWERED, ANSWERED.plusSeconds(seconds)), known, RATES));
  }

  private static Call call(@Nullable Instant answered, @Nullable Instant ended) {
    CallPlan plan = Plans.outbound();
    CallTruth.Timings timings = new CallTruth.Timings(null, null, answered, answered, null, ended);
    CallTruth truth =
        new CallTruth(
            ended == null ? CallState.CONNECTED : CallState.ENDED,
            null,
            null,
            null,
            null,
            null,
            null,
            timings);
    return new Call(UUID.randomUUID(), plan, truth, ANSWERED);
  }
}
