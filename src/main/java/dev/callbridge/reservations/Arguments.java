package dev.callbridge.reservations;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an agent gave a tool. The schema has been looked at before; what follows is what a schema
/// does not say. Every [Refusal] is a sentence for the agent.
record Arguments(JsonNode values) {

  private static final Pattern PHONE = Pattern.compile("\\+?[0-9]{5,15}");

  @Nullable String text(String name, int longest) {
    JsonNode value = values.path(name);
    if (!value.isString() || value.asString().isBlank()) {
      return null;
    }
    String text = value.asString().strip();
    if (text.length() > longest || !Plain.isPlain(text)) {
      throw new Refusal(
          name, "The %s is to be plain text of up to %d characters.".formatted(name, longest));
    }
    return text;
  }

  String required(String name, int longest) {
    String text = text(name, longest);
    if (text == null) {
      throw new Refusal(name, "The " + name.replace('_', ' ') + " is missing. Ask for it.");
    }
    return text;
  }

  LocalDate date() {
    return Times.day(required("date", 20));
  }

  LocalDateTime dateTime() {
    return date().atTime(Times.time(required("time", 20)));
  }

  boolean has(String name) {
    return values.hasNonNull(name);
  }

  int party() {
    JsonNode value = values.path("party_size");
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
      throw new Refusal("party_size", "How many people come is missing. Ask for it.");
    }
    return value.asInt();
  }

  /// @throws Refusal for one that is given and is none
  @Nullable String phone() {
    String given = text("phone", 40);
    if (given == null) {
      return null;
    }
    String number = Plain.number(given);
    if (!PHONE.matcher(number).matches()) {
      throw new Refusal("phone", "That is not a telephone number. Ask for it again.");
    }
    return number;
  }

  /// As it was dictated: letter by letter, in any case.
  String code() {
    return required("code", 40).replaceAll("[\\s.,-]", "").toUpperCase(Locale.ROOT);
  }
}
