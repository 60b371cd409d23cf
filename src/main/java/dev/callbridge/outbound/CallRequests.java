package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.Direction;
import dev.callbridge.outbound.InvalidRequestException.FieldError;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Reads and checks what is asked for, before anything is stored or anybody's phone rings.
@Component
final class CallRequests {

  static final int MAX_TEXT = 2_000;
  static final int MAX_VARIABLES = 50;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

  private static final List<CoercionInputShape> NOT_TEXT =
      List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);

  /// A misspelt field is an error: left unread, it would be a call other than the one asked for.
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                for (var shape : NOT_TEXT) {
                  text.setCoercion(shape, CoercionAction.Fail);
                }
              })
          .build();

  private final NumberPolicy numbers;
  private final Assistants assistants;
  private final TwilioSettings twilio;

  CallRequests(NumberPolicy numbers, Assistants assistants, TwilioSettings twilio) {
    this.numbers = numbers;
    this.assistants = assistants;
    this.twilio = twilio;
  }

  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan read(byte[] body, CallRights rights) {
    CallRequest request = parse(body);
    Check check = new Check();
    String to = check.number("to", request.to(), numbers);
    String from = check.from(request.from(), twilio.phoneNumber());
    String name = request.assistant() == null ? Assistants.DEFAULT : request.assistant();
    Assistant assistant = check.assistant(name, assistants);
    CallPlan plan =
        new CallPlan(
            Direction.OUTBOUND,
            name,
            from,
            to,
            check.variables(request.variables()),
            check.text("firstMessage", request.firstMessage()),
            check.matching("language", request.language(), "[a-z]{2,3}(-[A-Za-z]{2,4})?"),
            check.matching("voiceId", request.voiceId(), "[A-Za-z0-9]{1,64}"),
            Boolean.TRUE.equals(request.machineDetection()),
            check.seconds("ringTimeoutSeconds", request.ringTimeoutSeconds(), 5, 600, 60),
            check.seconds(
                "maxDurationSeconds",
                request.maxDurationSeconds(),
                10,
                14_400,
                assistant.maxDuration().toSeconds()),
            check.metadata(request.metadata()));
    check.orThrow(HttpStatus.BAD_REQUEST);
    numbers.forbidden(to, rights.countries()).ifPresent(why -> check.add("to", why));
    check.orThrow(HttpStatus.FORBIDDEN);
    return plan;
  }

  private static CallRequest parse(byte[] body) {
    try {
      @Nullable CallRequest request = JSON.readValue(body, CallRequest.class);
      if (request == null) {
        throw InvalidRequestException.badRequest("body", "is null, not an object");
      }
      return request;
    } catch (UnrecognizedPropertyException e) {
      throw InvalidRequestException.badRequest(
          path(e), "is not a field of a call; those are " + e.getKnownPropertyIds());
    } catch (DatabindException | InputCoercionException e) {
      throw InvalidRequestException.badRequest(path(e), "has a value of the wrong type");
    } catch (JacksonException e) {
      throw InvalidRequestException.badRequest(
          "body",
          "is not JSON: line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (var reference : e.getPath()) {
      if (reference.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return path.isEmpty() ? "body" : path.toString();
  }

  /// Collects what is wrong, so that one answer says all of it.
  private static final class Check {
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
        if (JSON.writeValueAsBytes(metadata).length > 4 * MAX_TEXT) {
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
        case List<?> list -> list.stream().anyMatch(Check::hasNul);
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

    @Nullable String matching(String field, @Nullable String value, String pattern) {
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
}
