package dev.callbridge.assistants;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Texts with `{{name}}` in them. A value is whatever somebody gave as a name: it is one line of
/// text afterwards, never a template and never an instruction. Who writes the text into XML or JSON
/// escapes it there, whole.
public final class Template {

  /// A longer value is cut off.
  static final int MAX_VALUE = 2_000;

  /// Nobody listens to more, and Twilio takes no more.
  static final int MAX_TEXT = 4_000;

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*(\\w{1,64})\\s*}}");

  /// Control characters, line separators, and what is not seen: marks that turn the direction of
  /// writing, zero widths, halves of surrogate pairs.
  private static final Pattern UNSEEN =
      Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}]+");

  /// By what prompts are told apart: templates' braces, fences, roles in brackets and tags.
  private static final Pattern DELIMITERS =
      Pattern.compile(
          "\\{\\{|}}|\\{%|%}|`{3,}|\"{3,}|'{3,}|#{2,}|-{3,}|={3,}|~{3,}|<\\||\\|>"
              + "|\\[/?(?i:inst|system|user|assistant)]|<</?(?i:sys)>>|</?[\\p{L}_!?][^<>]{0,200}>");

  private Template() {}

  /// A sentence that is spoken. What has no value is nothing.
  public static String spoken(String template, Map<String, Object> variables) {
    return fill(template, variables, Template::line, "");
  }

  /// What an agent is given to say. What has no value is left to the agent's platform, which knows
  /// more of them.
  public static String forAgent(String template, Map<String, Object> variables) {
    return fill(template, variables, Template::prompt, null);
  }

  /// What a language model is told it is, however long. What has no value is nothing.
  public static String forPrompt(String template, Map<String, Object> variables) {
    return filled(template, variables, Template::prompt, "");
  }

  /// A value on its way into a prompt: text alone, others are what they are.
  public static Object promptValue(Object value) {
    return value instanceof String text ? prompt(text) : value;
  }

  private static String fill(
      String template,
      Map<String, Object> variables,
      UnaryOperator<String> escape,
      @Nullable String otherwise) {
    return bounded(filled(template, variables, escape, otherwise), MAX_TEXT);
  }

  private static String filled(
      String template,
      Map<String, Object> variables,
      UnaryOperator<String> escape,
      @Nullable String otherwise) {
    return VARIABLE
        .matcher(template)
        .replaceAll(name -> {
          Object value = variables.get(name.group(1));
          String known = otherwise == null ? name.group() : otherwise;
          return Matcher.quoteReplacement(
              value == null ? known : escape.apply(String.valueOf(value)));
        });
  }

  private static String line(String value) {
    return bounded(UNSEEN.matcher(bounded(value, MAX_VALUE)).replaceAll(" ").strip(), MAX_VALUE);
  }

  /// What is left when a delimiter is taken out may be another.
  private static String prompt(String value) {
    String clean = line(value);
    String before = "";
    while (!clean.equals(before)) {
      before = clean;
      clean = DELIMITERS.matcher(clean).replaceAll("");
    }
    return clean.replaceAll(" {2,}", " ").strip();
  }

  /// Not in the middle of a character.
  private static String bounded(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }
}
