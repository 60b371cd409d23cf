package dev.callbridge.live;

import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.requests.InvalidRequestException.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// A query's parameters as they were sent, and what was found wrong with them, which is said of all
/// at once.
final class Parameters {

  static final int MAX_TEXT = 200;
  private static final int MAX_VALUES = 50;

  private final Map<String, List<String>> sent;
  private final List<FieldError> errors = new ArrayList<>();

  Parameters(Map<String, List<String>> sent) {
    this.sent = sent;
  }

  /// One that is not known would be a filter that does not filter.
  ///
  /// @param free what others may begin with; null where there are no others
  void areOnly(Set<String> known, @Nullable String free) {
    for (String name : sent.keySet()) {
      boolean isFree = free != null && name.startsWith(free) && name.length() > free.length();
      if (!known.contains(name) && !isFree) {
        wrong(
            shortened(name),
            known.isEmpty()
                ? "is not a parameter here, where there are none"
                : "is not a parameter here; those are "
                    + known.stream().sorted().collect(Collectors.joining(", "))
                    + (free == null ? "" : ", " + free + "KEY"));
      }
    }
  }

  /// Repeated or separated by commas.
  List<String> values(String name) {
    List<String> values =
        sent.getOrDefault(name, List.of()).stream()
            .flatMap(value -> Arrays.stream(value == null ? new String[0] : value.split(",", -1)))
            .toList();
    if (values.size() > MAX_VALUES) {
      wrong(name, "has " + values.size() + " values, more than " + MAX_VALUES);
      return List.of();
    }
    return values;
  }

  <E extends Enum<E>> Set<E> constants(String name, Class<E> type) {
    Set<E> chosen = new LinkedHashSet<>();
    for (String value : values(name)) {
      E constant = constant(name, value, type);
      if (constant != null) {
        chosen.add(constant);
      }
    }
    return chosen;
  }

  <E extends Enum<E>> @Nullable E constant(String name, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    wrong(name, quoted(value) + " is not one of " + Arrays.toString(type.getEnumConstants()));
    return null;
  }

  /// @param read says what is wrong with the text itself, and then gives null
  <T> @Nullable T one(String name, Function<String, @Nullable T> read) {
    List<String> values = sent.getOrDefault(name, List.of());
    if (values.size() > 1) {
      wrong(name, "is there " + values.size() + " times, not once");
    }
    String value = values.isEmpty() ? null : values.getFirst();
    return values.isEmpty() ? null : read.apply(value == null ? "" : value);
  }

  List<String> namesThatBeginWith(String start) {
    List<String> names = sent.keySet().stream().filter(name -> name.startsWith(start)).toList();
    if (names.size() > MAX_VALUES) {
      wrong(start, "is asked for by " + names.size() + " keys, more than " + MAX_VALUES);
      return List.of();
    }
    return names;
  }

  void wrong(String field, String problem) {
    errors.add(new FieldError(field, problem));
  }

  /// @throws InvalidRequestException if anything was wrong
  <T> T checked(T read) {
    if (!errors.isEmpty()) {
      throw new InvalidRequestException(HttpStatus.BAD_REQUEST, List.copyOf(errors));
    }
    return read;
  }

  static String quoted(String value) {
    return "'" + shortened(value) + "'";
  }

  static String shortened(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "…";
  }
}
