package dev.callbridge.own;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills `{{name}}` in. One that is not known is left out.
final class Variables {

  private static final Pattern NAME = Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*}}");

  private Variables() {}

  static String fill(String text, Map<String, Object> variables) {
    return NAME.matcher(text)
        .replaceAll(found ->
            Matcher.quoteReplacement(String.valueOf(variables.getOrDefault(found.group(1), ""))));
  }
}
