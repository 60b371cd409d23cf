package dev.callbridge.call;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a call that is over has cost, by vendor.
public record CallCost(Part twilio, Part elevenlabs) {

  public enum Status {
    /// Reckoned here, from time and the configured price of a minute.
    ESTIMATED,
    /// The vendor's own figure.
    FINAL
  }

  /// @param amount null where the vendor names credits only
  /// @param currency the amount's, ISO 4217
  /// @param credits ElevenLabs's unit
  /// @param basis what the figure comes from, for people
  public record Part(
      @Nullable BigDecimal amount,
      @Nullable String currency,
      @Nullable Long credits,
      Status status,
      String basis) {}

  private static final String USD = "USD";
  private static final int SCALE = 4;

  /// What the vendors have said so far.
  ///
  /// @param conversations how many the call had
  /// @param reported how many of them have a cost
  /// @param usd their sum, null unless each has one
  record Known(
      @Nullable BigDecimal price,
      @Nullable String currency,
      int conversations,
      int reported,
      @Nullable Long credits,
      @Nullable BigDecimal usd) {}

  /// @return null while the call is on
  static @Nullable CallCost of(Call call, Known known, CostSettings rates) {
    Instant ended = call.truth().timings().ended();
    return ended == null
        ? null
        : new CallCost(twilio(call, ended, known, rates), elevenlabs(call, ended, known, rates));
  }

  private static Part twilio(Call call, Instant ended, Known known, CostSettings rates) {
    if (call.plan().carrier() == Carrier.BROWSER) {
      return new Part(BigDecimal.ZERO, USD, null, Status.FINAL, "no telephone line");
    }
    if (known.price() != null) {
      String basis = "Twilio's price of the connection";
      return new Part(known.price(), known.currency(), null, Status.FINAL, basis);
    }
    Instant answered = call.truth().timings().answered();
    if (answered == null) {
      return new Part(BigDecimal.ZERO, USD, null, Status.ESTIMATED, "not answered");
    }
    // Twilio charges for every minute that has begun.
    long minutes = Math.max(1, Math.ceilDiv(between(answered, ended).toMillis(), 60_000));
    BigDecimal rate = rates.twilioPerMinute();
    return new Part(
        rate.multiply(BigDecimal.valueOf(minutes)),
        USD,
        null,
        Status.ESTIMATED,
        "minutes begun: %d, at %s each".formatted(minutes, rate.toPlainString()));
  }

  private static Part elevenlabs(Call call, Instant ended, Known known, CostSettings rates) {
    if (known.conversations() == 0) {
      return new Part(BigDecimal.ZERO, USD, 0L, Status.FINAL, "no conversation");
    } else if (known.reported() >= known.conversations()) {
      String currency = known.usd() == null ? null : USD;
      String basis = "ElevenLabs's report";
      return new Part(known.usd(), currency, known.credits(), Status.FINAL, basis);
    }
    Instant connected = call.truth().timings().agentConnected();
    long seconds = between(connected == null ? ended : connected, ended).toSeconds();
    BigDecimal rate = rates.elevenlabsPerMinute();
    BigDecimal amount =
        rate.multiply(BigDecimal.valueOf(seconds))
            .divide(BigDecimal.valueOf(60), SCALE, RoundingMode.HALF_UP);
    return new Part(
        amount,
        USD,
        null,
        Status.ESTIMATED,
        "seconds with the agent: %d, at %s a minute".formatted(seconds, rate.toPlainString()));
  }

  private static Duration between(Instant from, Instant to) {
    return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
  }
}
