package dev.callbridge.live;

import static dev.callbridge.live.Parameters.MAX_TEXT;
import static dev.callbridge.live.Parameters.quoted;
import static dev.callbridge.live.Parameters.shortened;

import dev.callbridge.call.CallFilter;
import dev.callbridge.call.CallState;
import dev.callbridge.call.Direction;
import dev.callbridge.call.Outcome;
import dev.callbridge.requests.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/// What a query asks for. Each reading throws [InvalidRequestException] with all that is wrong.
final class QueryReader {

  static final int MAX_PAGE = 200;
  private static final int DEFAULT_PAGE = 50;
  private static final String METADATA = "metadata.";
  private static final String LEVELS = "levels";

  private static final Set<String> STREAM = Set.of("state", "assistant", "direction", LEVELS);
  private static final Set<String> FILTER =
      Set.of("state", "outcome", "assistant", "direction", "number", "from", "until");

  /// What the database can hold is less than what a time can be written as.
  private static final Instant EARLIEST = Instant.EPOCH;

  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final Parameters parameters;

  QueryReader(MultiValueMap<String, String> parameters) {
    this.parameters = new Parameters(parameters);
  }

  record PageQuery(CallFilter filter, @Nullable UUID before, int limit) {}

  static UUID callId(String path) {
    if (!UUID_TEXT.matcher(path).matches()) {
      throw InvalidRequestException.badRequest("id", quoted(path) + " is not a UUID");
    }
    return UUID.fromString(path);
  }

  /// @param call the one that is watched, whose stream has no filters; null for all
  StreamFilter stream(@Nullable UUID call) {
    parameters.areOnly(call == null ? STREAM : Set.of(LEVELS), null);
    Boolean levels = parameters.one(LEVELS, this::flag);
    return parameters.checked(
        new StreamFilter(
            call,
            parameters.constants("state", CallState.class),
            assistants(),
            direction(),
            levels != null && levels));
  }

  PageQuery page() {
    Set<String> known = new LinkedHashSet<>(FILTER);
    known.addAll(List.of("before", "limit"));
    parameters.areOnly(known, METADATA);
    Integer limit = parameters.one("limit", this::limit);
    return parameters.checked(
        new PageQuery(
            filter(), parameters.one("before", this::uuid), limit == null ? DEFAULT_PAGE : limit));
  }

  CallFilter export() {
    parameters.areOnly(FILTER, METADATA);
    return parameters.checked(filter());
  }

  private CallFilter filter() {
    return new CallFilter(
        parameters.constants("state", CallState.class),
        parameters.constants("outcome", Outcome.class),
        assistants(),
        direction(),
        parameters.one("number", this::number),
        parameters.one("from", text -> instant("from", text)),
        parameters.one("until", text -> instant("until", text)),
        metadata());
  }

  private Set<String> assistants() {
    List<String> names = parameters.values("assistant");
    names.stream()
        .filter(name -> name.isEmpty() || name.length() > MAX_TEXT || name.indexOf('\0') >= 0)
        .forEach(name -> parameters.wrong("assistant", quoted(name) + " is not a name"));
    return Set.copyOf(names);
  }

  private @Nullable Direction direction() {
    return parameters.one(
        "direction", text -> parameters.constant("direction", text, Direction.class));
  }

  /// A plus that was not escaped has become a space on the way.
  private @Nullable String number(String text) {
    String digits = text.matches("[ +].*") ? text.substring(1) : text;
    if (!digits.matches("[1-9][0-9]{1,14}")) {
      parameters.wrong("number", quoted(text) + " is not a number such as +15550002000");
    }
    return "+" + digits;
  }

  private @Nullable Instant instant(String name, String text) {
    try {
      Instant instant = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      if (instant.isAfter(EARLIEST) && instant.isBefore(LATEST)) {
        return instant;
      }
    } catch (DateTimeException _) {
      // Said below, as of one that is out of all reason.
    }
    parameters.wrong(name, quoted(text) + " is not a time such as 2026-11-21T18:00:00Z");
    return null;
  }

  private @Nullable UUID uuid(String text) {
    if (!UUID_TEXT.matcher(text).matches()) {
      parameters.wrong("before", quoted(text) + " is not the id of a call");
      return null;
    }
    return UUID.fromString(text);
  }

  private @Nullable Boolean flag(String text) {
    if (!text.matches("true|false")) {
      parameters.wrong(LEVELS, quoted(text) + " is neither true nor false");
      return null;
    }
    return Boolean.valueOf(text);
  }

  private @Nullable Integer limit(String text) {
    int limit = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MAX_PAGE) {
      parameters.wrong("limit", quoted(text) + " is not from 1 to " + MAX_PAGE);
      return null;
    }
    return limit;
  }

  private Map<String, String> metadata() {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String name : parameters.namesThatBeginWith(METADATA)) {
      String value = parameters.one(name, text -> text);
      if (value != null && (value.length() > MAX_TEXT || (name + value).indexOf('\0') >= 0)) {
        parameters.wrong(shortened(name), quoted(value) + " is too long, or no text");
      } else if (value != null) {
        wanted.put(name.substring(METADATA.length()), value);
      }
    }
    return wanted;
  }
}
