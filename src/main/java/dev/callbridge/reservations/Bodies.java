package dev.callbridge.reservations;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

/// Reads bodies to the letter: a bound that was misspelt would be one that is not there.
final class Bodies {

  private static final List<CoercionInputShape> NOT_TEXT =
      List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> NOT_TEXT.forEach(shape -> text.setCoercion(shape, CoercionAction.Fail)))
          .build();

  private Bodies() {}

  /// @throws InvalidRequestException naming the field that cannot be read
  static <T> T read(byte @Nullable [] body, Class<T> type) {
    if (body == null) {
      throw new InvalidRequestException("body", "is missing");
    }
    try {
      @Nullable T value = JSON.readValue(body, type);
      if (value == null) {
        throw new InvalidRequestException("body", "is null, not an object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidRequestException(
          path(e), "is not a field; those are " + e.getKnownPropertyIds());
    } catch (DatabindException | InputCoercionException e) {
      throw new InvalidRequestException(path(e), "has a value of the wrong type");
    } catch (JacksonException e) {
      throw new InvalidRequestException("body", "is not JSON");
    }
  }

  private static String path(JacksonException e) {
    String path =
        e.getPath().stream()
            .filter(step -> step.getPropertyName() != null)
            .map(JacksonException.Reference::getPropertyName)
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "body" : path;
  }
}
