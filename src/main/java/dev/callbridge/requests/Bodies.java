package dev.callbridge.requests;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

/// Reads bodies to the letter: a misspelt field is an error. Left unread, it would be a call, or a
/// key, other than the one asked for.
public final class Bodies {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .build();

  private Bodies() {}

  /// @throws InvalidRequestException naming the field that cannot be read
  public static <T> T read(byte @Nullable [] body, Class<T> type) {
    if (body == null) {
      throw wrong("body", "is missing");
    }
    try {
      @Nullable T value = JSON.readValue(body, type);
      if (value == null) {
        throw wrong("body", "is null, not an object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw wrong(path(e), "is not a field; those are " + e.getKnownPropertyIds());
    } catch (DatabindException | InputCoercionException e) {
      throw wrong(path(e), "has a value of the wrong type");
    } catch (JacksonException e) {
      throw wrong(
          "body",
          "is not JSON: line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  /// By which it is known whether a request came before.
  public static byte[] sha256(byte @Nullable [] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body == null ? new byte[0] : body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java platform", e);
    }
  }

  private static InvalidRequestException wrong(String field, String problem) {
    return InvalidRequestException.badRequest(field, problem);
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
