package dev.callbridge.requests;

import dev.callbridge.requests.InvalidRequestException.FieldError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/// Collects what is wrong, so that one answer says all of it.
public class RequestCheck {
  public static final int MAX_TEXT = 2_000;
  public static final int MAX_VARIABLES = 50;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

  private final List<FieldError> errors = new ArrayList<>();

  public void add(String field, String problem) {
    errors.add(new FieldError(field, problem));
  }

  public void orThrow(HttpStatus status) {
    if (!errors.isEmpty()) {
      throw new InvalidRequestException(status, errors);
    }
  }

  public Map<String, Object> variables(@Nullable Map<String, @Nullable Object> values) {
    Map<String, Object> variables = new LinkedHashMap<>();
    if (values == null) {
      return variables;
    } else if (values.size() > MAX_VARIABLES) {
      add("variables", "are more than " + MAX_VARIABLES);
    }
    values.forEach((name, value) -> {
      String field = "variables." + (NAME.matcher(name).matches() ? name : "?");
      if (!NAME.matcher(name).matches() || name.startsWith("system__")) {
        add(field, "has a name other than letters, digits and underscores");
      } else if (value instanceof String text) {
        variables.put(name, text(field, text) == null ? "" : text);
      } else if (value instanceof Number || value instanceof Boolean) {
        variables.put(name, value);
      } else {
        add(field, "is not a string, a number or a boolean");
      }
    });
    return variables;
  }

  public Map<String, Object> metadata(@Nullable Map<String, @Nullable Object> values) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    if (values != null) {
      values.forEach((name, value) -> {
        if (value != null) {
          metadata.put(name, value);
        }
      });
      if (hasNul(metadata)) {
        add("metadata", "has a null character in it, which cannot be stored");
      }
      if (JsonMapper.shared().writeValueAsBytes(metadata).length > 4 * MAX_TEXT) {
        add("metadata", "is longer than " + 4 * MAX_TEXT + " bytes");
      }
    }
    return metadata;
  }

  private static boolean hasNul(@Nullable Object value) {
    return switch (value) {
      case String text -> text.indexOf('\0') >= 0;
      case Map<?, ?> map ->
          map.entrySet().stream().anyMatch(e -> hasNul(e.getKey()) || hasNul(e.getValue()));
      case List<?> list -> list.stream().anyMatch(RequestCheck::hasNul);
      case null, default -> false;
    };
  }

  public @Nullable String text(String field, @Nullable String value) {
    if (value != null && value.length() > MAX_TEXT) {
      add(field, "is longer than " + MAX_TEXT + " characters");
    } else if (value != null && CONTROL.matcher(value).find()) {
      add(field, "has control characters in it");
    }
    return value;
  }

  public @Nullable String language(@Nullable String value) {
    return matching("language", value, "[a-z]{2,3}(-[A-Za-z]{2,4})?");
  }

  public @Nullable String voice(@Nullable String value) {
    return matching("voiceId", value, "[A-Za-z0-9]{1,64}");
  }

  public @Nullable String matching(String field, @Nullable String value, String pattern) {
    if (value != null && !value.matches(pattern)) {
      add(field, "does not match " + pattern);
    }
    return value;
  }

  public Duration seconds(String field, @Nullable Integer value, int min, int max, long otherwise) {
    if (value != null && (value < min || value > max)) {
      add(field, "is " + value + ", not from " + min + " to " + max);
    }
    return Duration.ofSeconds(value == null ? otherwise : value);
  }
}
