package dev.callbridge.reservations;

import dev.callbridge.requests.InvalidRequestException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Query parameters, as text so that what is wrong with one can be said.
final class Query {

  private static final int MAX_PAGE = 200;
  private static final int PAGE = 50;

  private Query() {}

  static @Nullable UUID id(String field, @Nullable String value) {
    try {
      return value == null ? null : UUID.fromString(value);
    } catch (IllegalArgumentException e) {
      throw InvalidRequestException.badRequest(field, "is not an id");
    }
  }

  static int limit(@Nullable String value) {
    return value == null ? PAGE : number("limit", value, MAX_PAGE);
  }

  static int number(String field, @Nullable String value, int max) {
    if (value == null || !value.matches("[0-9]{1,6}")) {
      throw InvalidRequestException.badRequest(field, "is not a number from 1 to " + max);
    }
    int number = Integer.parseInt(value);
    if (number < 1 || number > max) {
      throw InvalidRequestException.badRequest(field, "is " + number + ", not from 1 to " + max);
    }
    return number;
  }

  static <E extends Enum<E>> @Nullable E one(String field, @Nullable String value, Class<E> type) {
    if (value == null) {
      return null;
    }
    List<E> all = Arrays.asList(type.getEnumConstants());
    return all.stream()
        .filter(it -> it.name().equals(value))
        .findFirst()
        .orElseThrow(() -> InvalidRequestException.badRequest(field, "is not one of " + all));
  }

  static boolean flag(String field, @Nullable String value) {
    if (value != null && !value.matches("true|false")) {
      throw InvalidRequestException.badRequest(field, "is not true or false");
    }
    return "true".equals(value);
  }

  static void checkKey(@Nullable String key) {
    if (key == null || !key.matches("[\\x21-\\x7E]{1,200}")) {
      throw InvalidRequestException.badRequest(
          "Idempotency-Key", "is not a header of 1 to 200 visible characters");
    }
  }

  /// The `before` of the next page, of a list that was asked for with one more than is shown.
  static <T> @Nullable UUID next(List<T> found, int limit, Function<T, UUID> id) {
    return found.size() > limit ? id.apply(found.get(limit - 1)) : null;
  }
}
