package dev.callbridge.assistants;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// The configured assistants by name. `default` is there always, and answers where nobody else is
/// named.
@ConfigurationProperties("callbridge")
public record Assistants(Map<String, Assistant> assistants) {

  public static final String DEFAULT = "default";

  public Optional<Assistant> find(String name) {
    return Optional.ofNullable(assistants.get(name));
  }

  /// The assistant of a stored call: its name was checked when it was stored, so one that is gone
  /// was taken out of the settings since.
  public Assistant of(String name) {
    return find(name)
        .or(() -> find(DEFAULT))
        .orElseThrow(() -> new IllegalStateException("no assistant is named " + DEFAULT));
  }

  public SortedSet<String> names() {
    return new TreeSet<>(assistants.keySet());
  }
}
