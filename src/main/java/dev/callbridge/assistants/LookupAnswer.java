package dev.callbridge.assistants;

import dev.callbridge.requests.RequestCheck;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// What is known of a caller. Held to what the API holds its callers to.
///
/// @param assistant who is to answer instead
record LookupAnswer(
    @Nullable Map<String, @Nullable Object> variables,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String assistant) {

  /// Fields that are not ours do no harm: the answer may be for others too.
  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .build()
          .readerFor(LookupAnswer.class);

  /// @throws RuntimeException when any of it cannot be used
  static CallerLookup.Known read(byte[] body, Assistants assistants) {
    @Nullable LookupAnswer answer = READER.readValue(body);
    RequestCheck check = new RequestCheck();
    if (answer == null) {
      throw new IllegalArgumentException("null");
    }
    Map<String, Object> variables = check.variables(answer.variables());
    check.text("firstMessage", answer.firstMessage());
    check.language(answer.language());
    String who = answer.assistant();
    if (who != null && assistants.find(who).isEmpty()) {
      check.add("assistant", "is not there");
    }
    check.orThrow(HttpStatus.BAD_GATEWAY);
    return new CallerLookup.Known(
        CallerLookup.Result.FOUND, variables, answer.firstMessage(), answer.language(), who);
  }

  @Override
  public String toString() {
    return "LookupAnswer[assistant=" + assistant + "]";
  }
}
