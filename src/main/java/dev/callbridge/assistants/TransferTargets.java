package dev.callbridge.assistants;

import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The people that a call may be handed to, by name. An agent chooses a name and never a number.
///
/// @param targets by name
@ConfigurationProperties("callbridge.transfers")
public record TransferTargets(@DefaultValue Map<String, Target> targets) {

  /// @param number E.164
  /// @param description for the agent: who is there, and for what
  public record Target(String number, @DefaultValue("") String description) {

    public Target {
      if (!number.matches("\\+[1-9][0-9]{6,14}")) {
        throw new IllegalArgumentException("a transfer target's number is not E.164");
      }
    }
  }

  public Optional<Target> find(String name) {
    return Optional.ofNullable(targets.get(name));
  }
}
