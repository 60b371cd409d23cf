package dev.callbridge.aftercall;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// When what is missing is asked for.
///
/// @param tick how often to look for what is due
/// @param report for the webhook that did not come
/// @param price for Twilio's price, which it takes its time over
@ConfigurationProperties("callbridge.after-call")
record AfterCallSettings(
    @DefaultValue("5s") Duration tick, @DefaultValue Report report, @DefaultValue Price price) {

  /// @param first this long after the call's end
  /// @param again this long after the first attempt, then twice as long each time
  /// @param longest between two attempts
  /// @param giveUp this long after the call's end
  record Schedule(Duration first, Duration again, Duration longest, Duration giveUp) {}

  record Report(
      @DefaultValue("2m") Duration first,
      @DefaultValue("30s") Duration again,
      @DefaultValue("1h") Duration longest,
      @DefaultValue("24h") Duration giveUp) {

    Schedule schedule() {
      return new Schedule(first, again, longest, giveUp);
    }
  }

  record Price(
      @DefaultValue("2m") Duration first,
      @DefaultValue("5m") Duration again,
      @DefaultValue("4h") Duration longest,
      @DefaultValue("24h") Duration giveUp) {

    Schedule schedule() {
      return new Schedule(first, again, longest, giveUp);
    }
  }
}
