package dev.callbridge.access;

import dev.callbridge.call.CallRights.Quotas;
import dev.callbridge.secrets.Secret;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param apiKeys each `name:scope:key`
/// @param users each `name:scope:hash`, the hash one of [Users]
/// @param limits of everybody, where a key has not its own
/// @param failuresPerMinute wrong keys from one address
/// @param proxies that requests come through, and whose word on where from is taken
@ConfigurationProperties("callbridge.access")
record AccessSettings(
    @DefaultValue List<Secret> apiKeys,
    @DefaultValue List<Secret> users,
    @DefaultValue Limits limits,
    @DefaultValue SignIn signIn,
    @DefaultValue("100") int failuresPerMinute,
    @DefaultValue("0") int proxies) {

  record Limits(
      @DefaultValue("600") int requestsPerMinute,
      @DefaultValue("100") int concurrentCalls,
      @DefaultValue("5000") int callsPerDay,
      @DefaultValue("50") int callsPerDestinationPerDay) {

    Quotas quotas() {
      return new Quotas(concurrentCalls, callsPerDay, callsPerDestinationPerDay);
    }
  }

  /// @param attemptsPerMinute from one address; for one name ten times that
  /// @param idle without a request for so long, a session is over
  /// @param longest after so long it is over, however it is used
  /// @param sessions at a time
  record SignIn(
      @DefaultValue("10") int attemptsPerMinute,
      @DefaultValue("30m") Duration idle,
      @DefaultValue("12h") Duration longest,
      @DefaultValue("1000") int sessions) {}
}
