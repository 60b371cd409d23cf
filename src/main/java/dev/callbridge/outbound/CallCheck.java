package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.requests.RequestCheck;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What only a call can have wrong with it: its numbers, its assistant, and what that one needs.
final class CallCheck extends RequestCheck {

  String number(String field, @Nullable String value, NumberPolicy numbers) {
    if (value == null) {
      add(field, "is missing");
      return "";
    }
    numbers.malformed(value).ifPresent(problem -> add(field, problem));
    return value;
  }

  String from(@Nullable String value, @Nullable String ours) {
    if (ours == null) {
      add("from", "cannot be chosen: no number to call from is configured");
      return "";
    } else if (value != null && !value.equals(ours)) {
      add("from", "is not a number of this account");
    }
    return ours;
  }

  Assistant assistant(String name, Assistants assistants) {
    return assistants
        .find(name)
        .orElseGet(() -> {
          add("assistant", "is not one of " + assistants.names());
          return assistants.of(Assistants.DEFAULT);
        });
  }

  /// A variable that is there and says nothing is missing too.
  void required(String name, Assistant assistant, Map<String, Object> variables) {
    for (String variable : assistant.requiredVariables()) {
      if (String.valueOf(variables.getOrDefault(variable, "")).isBlank()) {
        add("variables." + variable, "is missing: the assistant " + name + " needs it");
      }
    }
  }
}
