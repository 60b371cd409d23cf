package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.outbound.InvalidRequestException.FieldError;
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
final class RequestCheck {
  static final int MAX_TEXT = 2_000;
  static final int MAX_VARIABLES = 50;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

  private final List<FieldError> errors = new ArrayList<>();

  void add(String field, String problem) {
    errors.add(new FieldError(field, problem));
  }

  void orThrow(HttpStatus status) {
    if (!errors.isEmpty()) {
      throw new InvalidRequestException(status, errors);
    }
  }

  String number(String field, @Nullable String value, NumberPolicy numbers) {
    if (value == null) {
      add(field, "is missing");
      return "";
    }
    numbers.malformed(value).ifPresent(problem -> add(field, problem));
    return value;
  }

  String from(@Nullable String value, @Nullable String ours) {
    if (ours == null) {
      add("from", "cannot be chosen: no number to call from is configured");
      return "";
    } else if (value != null && !value.equals(ours)) {
      add("from", "is not a number of this account");
    }
    return ours;
  }

  Assistant assistant(String name, Assistants assistants) {
    return assistants
        .find(name)
        .orElseGet(() -> {
          add("assistant", "is not one of " + assistants.names());
          return assistants.of(Assistants.DEFAULT);
        });
  }

  Map<String, Object> variables(@Nullable Map<String, @Nullable Object> values) {
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

  Map<String, Object> metadata(@Nullable Map<String, @Nullable Object> values) {
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

  @Nullable String text(String field, @Nullable String value) {
    if (value != null && value.length() > MAX_TEXT) {
      add(field, "is longer than " + MAX_TEXT + " characters");
    } else if (value != null && CONTROL.matcher(value).find()) {
      add(field, "has control characters in it");
    }
    return value;
  }

  @Nullable String language(@Nullable String value) {
    return matching("language", value, "[a-z]{2,3}(-[A-Za-z]{2,4})?");
  }

  @Nullable String voice(@Nullable String value) {
    return matching("voiceId", value, "[A-Za-z0-9]{1,64}");
  }

  private @Nullable String matching(String field, @Nullable String value, String pattern) {
    if (value != null && !value.matches(pattern)) {
      add(field, "does not match " + pattern);
    }
    return value;
  }

  Duration seconds(String field, @Nullable Integer value, int min, int max, long otherwise) {
    if (value != null && (value < min || value > max)) {
      add(field, "is " + value + ", not from " + min + " to " + max);
    }
    return Duration.ofSeconds(value == null ? otherwise : value);
  }
}
