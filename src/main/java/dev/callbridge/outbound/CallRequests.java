package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.Direction;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  /// The number of either end of a call that has none.
  static final String BROWSER = "browser";

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
    return check(parse(body, CallRequest.class), rights);
  }

  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan check(CallRequest request, CallRights rights) {
    RequestCheck check = new RequestCheck();
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
            check.language(request.language()),
            check.voice(request.voiceId()),
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

  /// A call from a page of ours, which rings at nobody's.
  ///
  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan readBrowserCall(byte[] body) {
    BrowserCallRequest request = parse(body, BrowserCallRequest.class);
    RequestCheck check = new RequestCheck();
    String name = request.assistant() == null ? Assistants.DEFAULT : request.assistant();
    Assistant assistant = check.assistant(name, assistants);
    CallPlan plan =
        new CallPlan(
            Direction.INBOUND,
            Carrier.BROWSER,
            name,
            BROWSER,
            BROWSER,
            check.variables(request.variables()),
            check.text("firstMessage", request.firstMessage()),
            check.language(request.language()),
            check.voice(request.voiceId()),
            false,
            Duration.ofSeconds(60),
            assistant.maxDuration(),
            Map.of());
    check.orThrow(HttpStatus.BAD_REQUEST);
    return plan;
  }

  private static <T> T parse(byte[] body, Class<T> type) {
    try {
      @Nullable T request = JSON.readValue(body, type);
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
}
