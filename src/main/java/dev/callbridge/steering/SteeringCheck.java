package dev.callbridge.steering;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.TransferTargets;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.RequestCheck;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Reads what is to be done from a body. Each reading throws an `InvalidRequestException` that
/// names every field that is wrong.
final class SteeringCheck extends RequestCheck {

  static final int MAX_SUMMARY = 500;
  static final int MAX_KEYS = 24;

  /// Of keys and the pauses between them. Longer, and neither side would wait for the end of it.
  private static final int MAX_SOUND_MILLIS = 10_000;

  private static final int KEY_MILLIS = 200;

  private record Text(@Nullable String text) {}

  private record Keys(@Nullable String digits) {}

  private record Person(
      @Nullable String target, @Nullable Boolean handOff, @Nullable String summary) {}

  static Command.What context(byte @Nullable [] body) {
    return new Command.Context(words(body));
  }

  static Command.What message(byte @Nullable [] body) {
    return new Command.Message(words(body));
  }

  private static String words(byte @Nullable [] body) {
    var check = new SteeringCheck();
    return check.done(check.words("text", Bodies.read(body, Text.class).text()));
  }

  static Command.What digits(byte @Nullable [] body) {
    var check = new SteeringCheck();
    String keys = Bodies.read(body, Keys.class).digits();
    if (keys == null) {
      check.add("digits", "is missing");
    } else if (!keys.matches("[0-9*#wW]{1," + MAX_KEYS + "}")) {
      check.add("digits", "is not 1 to %d of 0-9, *, #, w and W".formatted(MAX_KEYS));
    } else if (millis(keys) > MAX_SOUND_MILLIS) {
      check.add("digits", "takes %d ms, more than %d".formatted(millis(keys), MAX_SOUND_MILLIS));
    }
    return new Command.Digits(check.done(keys));
  }

  private static int millis(String keys) {
    return keys.chars().map(key -> key == 'W' ? 1_000 : key == 'w' ? 500 : KEY_MILLIS).sum();
  }

  /// @param assistant the call's, whose hand-off number may be meant
  static Command.What transfer(
      byte @Nullable [] body, TransferTargets targets, Optional<Assistant> assistant) {
    var check = new SteeringCheck();
    Person person = Bodies.read(body, Person.class);
    String target = person.target();
    boolean handOff = Boolean.TRUE.equals(person.handOff());
    if (target != null && handOff) {
      check.add("handOff", "is true and there is a target: only one of them");
    } else if (handOff && assistant.map(Assistant::handOffNumber).isEmpty()) {
      check.add("handOff", "is true, and the call's assistant has no hand-off number");
    } else if (!handOff && target == null) {
      check.add("target", "is missing; there are " + targets.targets().keySet());
    } else if (target != null && targets.find(target).isEmpty()) {
      check.add("target", "is not one of " + targets.targets().keySet());
    }
    String summary = person.summary() == null ? "" : check.spoken("summary", person.summary());
    if (summary.length() > MAX_SUMMARY) {
      check.add("summary", "is longer than " + MAX_SUMMARY + " characters");
    }
    return new Command.Transfer(check.done(target == null ? "" : target), summary);
  }

  private @Nullable String words(String field, @Nullable String text) {
    if (text == null || text.isBlank()) {
      add(field, text == null ? "is missing" : "is blank");
      return text;
    }
    return spoken(field, text);
  }

  /// Half of a character would be another one on every system that it reaches.
  private String spoken(String field, String text) {
    text(field, text);
    if (text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      add(field, "has half of a surrogate pair in it");
    }
    return text;
  }

  private String done(@Nullable String value) {
    orThrow(HttpStatus.BAD_REQUEST);
    return value == null ? "" : value;
  }
}
