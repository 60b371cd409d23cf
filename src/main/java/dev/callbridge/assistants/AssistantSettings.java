package dev.callbridge.assistants;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The assistants of the settings.
///
/// @param assistants by name; `default` is there always
/// @param numbers of ours, and the names of those who answer them, stored ones too
/// @param lookup where callers may be looked up
@ConfigurationProperties("callbridge")
public record AssistantSettings(
    Map<String, Assistant> assistants,
    @DefaultValue Map<String, String> numbers,
    @DefaultValue LookupSettings lookup) {

  /// The names of settings lose a plus sign that is not in brackets.
  public AssistantSettings {
    Map<String, String> e164 = new LinkedHashMap<>();
    numbers.forEach(
        (number, name) -> e164.put(number.startsWith("+") ? number : "+" + number, name));
    assistants.forEach(
        (name, assistant) -> assistant.numbers().forEach(number -> e164.put(number, name)));
    numbers = Map.copyOf(e164);
    assistants = Map.copyOf(assistants);
  }
}
