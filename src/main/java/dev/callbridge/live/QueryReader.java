package dev.callbridge.live;

import dev.callbridge.call.CallFilter;
import dev.callbridge.call.CallState;
import dev.callbridge.call.Direction;
import dev.callbridge.call.Outcome;
import dev.callbridge.live.InvalidQueryException.FieldError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/// Reads a query's parameters, all of them: one that is not known would be a filter that does not
/// filter. What is wrong is said of all at once.
final class QueryReader {

  static final int MAX_PAGE = 200;
  private static final int DEFAULT_PAGE = 50;
  private static final int MAX_VALUES = 50;
  private static final int MAX_TEXT = 200;
  private static final String METADATA = "metadata.";

  private static final Set<String> STREAM = Set.of("state", "assistant", "direction");
  private static final Set<String> FILTER =
      Set.of("state", "outcome", "assistant", "direction", "number", "from", "until");
  private static final Set<String> PAGE = Set.of("before", "limit");

  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final MultiValueMap<String, String> parameters;
  private final List<FieldError> errors = new ArrayList<>();

  QueryReader(MultiValueMap<String, String> parameters) {
    this.parameters = parameters;
  }

  record PageQuery(CallFilter filter, @Nullable UUID before, int limit) {}

  /// @throws InvalidQueryException like the others
  static UUID callId(String path) {
    if (!UUID_TEXT.matcher(path).matches()) {
      throw new InvalidQueryException(
          List.of(new FieldError("id", quoted(path) + " is not a UUID")));
    }
    return UUID.fromString(path);
  }

  /// @param call the one that is watched, whose stream has no filters; null for all
  StreamFilter stream(@Nullable UUID call) {
    onlyThese(call == null ? STREAM : Set.of(), false);
    return checked(
        new StreamFilter(
            call,
            oneOf("state", CallState.class),
            assistants(),
            one("direction", this::direction)));
  }

  PageQuery page() {
    Set<String> known = new LinkedHashSet<>(FILTER);
    known.addAll(PAGE);
    onlyThese(known, true);
    Integer limit = one("limit", this::limit);
    return checked(
        new PageQuery(filter(), one("before", this::uuid), limit == null ? DEFAULT_PAGE : limit));
  }

  CallFilter export() {
    onlyThese(FILTER, true);
    return checked(filter());
  }

  private CallFilter filter() {
    return new CallFilter(
        oneOf("state", CallState.class),
        oneOf("outcome", Outcome.class),
        assistants(),
        one("direction", this::direction),
        one("number", this::number),
        one("from", text -> instant("from", text)),
        one("until", text -> instant("until", text)),
        metadata());
  }

  private <T> T checked(T read) {
    if (!errors.isEmpty()) {
      throw new InvalidQueryException(List.copyOf(errors));
    }
    return read;
  }

  private void onlyThese(Set<String> known, boolean metadata) {
    for (String name : parameters.keySet()) {
      boolean isMetadata =
          metadata && name.startsWith(METADATA) && name.length() > METADATA.length();
      if (!known.contains(name) && !isMetadata) {
        wrong(
            shortened(name),
            known.isEmpty()
                ? "is not a parameter here, where there are none"
                : "is not a parameter here; those are "
                    + known.stream().sorted().collect(Collectors.joining(", "))
                    + (metadata ? ", " + METADATA + "KEY" : ""));
      }
    }
  }

  /// Repeated or separated by commas.
  private List<String> values(String name) {
    List<String> values =
        parameters.getOrDefault(name, List.of()).stream()
            .flatMap(value -> Arrays.stream(value == null ? new String[0] : value.split(",", -1)))
            .toList();
    if (values.size() > MAX_VALUES) {
      wrong(name, "has " + values.size() + " values, more than " + MAX_VALUES);
      return List.of();
    }
    return values;
  }

  private <E extends Enum<E>> Set<E> oneOf(String name, Class<E> type) {
    Set<E> chosen = new LinkedHashSet<>();
    for (String value : values(name)) {
      Arrays.stream(type.getEnumConstants())
          .filter(constant -> constant.name().equals(value))
          .findAny()
          .ifPresentOrElse(chosen::add, () -> wrong(name, notOneOf(value, type)));
    }
    return chosen;
  }

  private static String notOneOf(String value, Class<? extends Enum<?>> type) {
    return quoted(value) + " is not one of " + Arrays.toString(type.getEnumConstants());
  }

  private Set<String> assistants() {
    List<String> names = values("assistant");
    names.stream()
        .filter(name -> name.isEmpty() || name.length() > MAX_TEXT)
        .forEach(name -> wrong("assistant", quoted(name) + " is not a name"));
    return Set.copyOf(names);
  }

  /// @param read says what is wrong with the text itself, and then gives null
  private <T> @Nullable T one(String name, Function<String, @Nullable T> read) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      wrong(name, "is there " + values.size() + " times, not once");
    }
    String value = values.isEmpty() ? null : values.getFirst();
    return values.isEmpty() ? null : read.apply(value == null ? "" : value);
  }

  private @Nullable Direction direction(String text) {
    for (Direction direction : Direction.values()) {
      if (direction.name().equals(text)) {
        return direction;
      }
    }
    wrong("direction", notOneOf(text, Direction.class));
    return null;
  }

  /// A plus that was not escaped has become a space on the way.
  private @Nullable String number(String text) {
    String digits = text.matches("[ +].*") ? text.substring(1) : text;
    if (!digits.matches("[1-9][0-9]{1,14}")) {
      wrong("number", quoted(text) + " is not a number such as +15550002000");
    }
    return "+" + digits;
  }

  private @Nullable Instant instant(String name, String text) {
    try {
      return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    } catch (DateTimeException _) {
      wrong(name, quoted(text) + " is not a time such as 2026-11-21T18:00:00Z");
      return null;
    }
  }

  private @Nullable UUID uuid(String text) {
    if (!UUID_TEXT.matcher(text).matches()) {
      wrong("before", quoted(text) + " is not the id of a call");
      return null;
    }
    return UUID.fromString(text);
  }

  private @Nullable Integer limit(String text) {
    if (!text.matches("[0-9]{1,3}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MAX_PAGE) {
      wrong("limit", quoted(text) + " is not from 1 to " + MAX_PAGE);
      return null;
    }
    return Integer.valueOf(text);
  }

  private Map<String, String> metadata() {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String name : parameters.keySet()) {
      if (name.startsWith(METADATA)) {
        String value = one(name, text -> text);
        if (value != null && (value.length() > MAX_TEXT || (name + value).indexOf('\0') >= 0)) {
          wrong(shortened(name), quoted(value) + " is too long, or no text");
        } else if (value != null) {
          wanted.put(name.substring(METADATA.length()), value);
        }
      }
    }
    if (wanted.size() > MAX_VALUES) {
      wrong("metadata", "is asked for by " + wanted.size() + " keys, more than " + MAX_VALUES);
    }
    return wanted;
  }

  private void wrong(String field, String problem) {
    errors.add(new FieldError(field, problem));
  }

  static String quoted(String value) {
    return "'" + shortened(value) + "'";
  }

  private static String shortened(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "…";
  }
}
