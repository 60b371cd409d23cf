package dev.callbridge.assistants;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// All assistants by name: those of the settings, and the stored ones as they were last read. Who
/// asks waits for nobody, and a call finds its assistant also while the database is away.
///
/// Where the settings and the database say different things, the settings count. `default` is there
/// always, and answers where nobody else is named.
@Component
public class Assistants {

  public static final String DEFAULT = "default";

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.assistants");

  private final AssistantSettings settings;
  private volatile Known known;
  private long lastAsked;

  private record Known(Map<String, Assistant> assistants, Map<String, String> numbers) {}

  public Assistants(AssistantSettings settings) {
    this.settings = settings;
    this.known = new Known(settings.assistants(), settings.numbers());
  }

  public Optional<Assistant> find(String name) {
    return Optional.ofNullable(known.assistants().get(name));
  }

  /// The assistant of a stored call: its name was checked when it was stored, so one that is gone
  /// was taken away since.
  public Assistant of(String name) {
    return find(name)
        .or(() -> find(DEFAULT))
        .orElseThrow(() -> new IllegalStateException("no assistant is named " + DEFAULT));
  }

  /// Who answers a number of ours.
  public String answering(String number) {
    Known now = known;
    String name = now.numbers().getOrDefault(number, DEFAULT);
    if (!now.assistants().containsKey(name)) {
      LOG.warn("a number is for the assistant {}, which is not there: default answers", name);
      return DEFAULT;
    }
    return name;
  }

  public SortedSet<String> names() {
    return new TreeSet<>(known.assistants().keySet());
  }

  boolean isConfigured(String name) {
    return settings.assistants().containsKey(name);
  }

  Map<String, Assistant> configured() {
    return settings.assistants();
  }

  /// Whose the settings say that a number is.
  Optional<String> configuredFor(String number) {
    return Optional.ofNullable(settings.numbers().get(number));
  }

  /// @param asked when the database was asked for these: of two answers that cross, the later
  ///   counts
  synchronized void know(long asked, Collection<StoredAssistant> stored) {
    if (asked < lastAsked) {
      return;
    }
    lastAsked = asked;
    Map<String, Assistant> assistants = new HashMap<>();
    Map<String, String> numbers = new HashMap<>();
    for (StoredAssistant each : stored) {
      assistants.put(each.name(), each.assistant());
      each.assistant().numbers().forEach(number -> numbers.put(number, each.name()));
    }
    assistants.putAll(settings.assistants());
    numbers.putAll(settings.numbers());
    known = new Known(Map.copyOf(assistants), Map.copyOf(numbers));
    warnOfHidden(stored);
  }

  private void warnOfHidden(Collection<StoredAssistant> stored) {
    List<String> hidden =
        stored.stream().map(StoredAssistant::name).filter(this::isConfigured).toList();
    if (!hidden.isEmpty()) {
      LOG.warn("stored assistants that the settings have too are not used: {}", hidden);
    }
  }
}
