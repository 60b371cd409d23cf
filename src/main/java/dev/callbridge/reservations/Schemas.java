package dev.callbridge.reservations;

import java.util.List;
import java.util.stream.Collectors;

/// JSON Schemas of the tools' arguments, from the few kinds of argument that there are.
final class Schemas {

  static final String DATE =
      "\"date\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\",\"description\":\"The day, such as 2027-01-31\"}";
  static final String TIME =
      "\"time\":{\"type\":\"string\",\"pattern\":\"^[0-9]{2}:[0-9]{2}$\",\"description\":\"By the restaurant's clock, 24 hours, such as 19:30\"}";
  static final String PARTY =
      "\"party_size\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"description\":\"How many people come\"}";
  static final String CODE =
      "\"code\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40,\"description\":\"The reservation's code, six letters and digits\"}";
  static final String RESTAURANT =
      text("restaurant", 100, "Its name; only where the call is not with one restaurant");
  static final String GUEST = text("guest_name", 100, "Name that the booking is under");
  static final String PHONE =
      text("phone", 40, "The guest's telephone number, best with its country code");
  static final String NOTE = text("note", 500, "Wishes, such as a high chair");

  private Schemas() {}

  static String text(String name, int longest, String description) {
    return "\"%s\":{\"type\":\"string\",\"maxLength\":%d,\"description\":\"%s\"}"
        .formatted(name, longest, description);
  }

  static String object(List<String> required, String... properties) {
    return "{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],\"additionalProperties\":false}"
        .formatted(
            String.join(",", properties),
            required.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(",")));
  }
}
