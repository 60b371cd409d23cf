package dev.callbridge.tools;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `{name}` in a template: an argument, or `{call.id}`, `{call.from}`, `{call.to}` and
/// `{call.assistant}`, which the agent has no say in.
final class Placeholders {

  static final String CALL = "call.";

  private static final Set<String> OF_THE_CALL =
      Set.of("call.id", "call.from", "call.to", "call.assistant");

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]{0,63}(?:\\.[a-z]{1,16})?)}");

  private Placeholders() {}

  static Set<String> in(String template) {
    Set<String> names = new LinkedHashSet<>();
    Matcher matcher = PLACEHOLDER.matcher(template);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /// The name, where the template is one placeholder and nothing else.
  static @Nullable String only(String template) {
    Matcher matcher = PLACEHOLDER.matcher(template);
    return matcher.matches() ? matcher.group(1) : null;
  }

  static boolean isKnown(String name, JsonNode schema) {
    return OF_THE_CALL.contains(name) || schema.path("properties").has(name);
  }

  static boolean isOfTheCall(String name) {
    return name.startsWith(CALL);
  }

  static String fill(String template, UnaryOperator<String> values) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(found -> Matcher.quoteReplacement(values.apply(found.group(1))));
  }
}
