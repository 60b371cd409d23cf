package dev.callbridge.tools;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A tool that is a request to somebody's service.
///
/// @param parameters JSON Schema of the arguments, as text
/// @param url template: `{name}` in the path or the query is that argument
/// @param headers as they are; credentials belong here
/// @param body JSON whose strings may hold `{name}`, or null for none
/// @param result what of the answer the agent is told: a JSON Pointer, a text with `{/pointer}` in
///   it, or null for all of it
/// @param readOnly asking twice is as good as asking once
public record HttpToolSettings(
    String description,
    String parameters,
    @DefaultValue("GET") String method,
    String url,
    @DefaultValue Map<String, String> headers,
    @Nullable String body,
    @Nullable String result,
    @DefaultValue("8s") Duration deadline,
    @Nullable Boolean readOnly) {

  boolean isReadOnly() {
    return readOnly == null ? method.equals("GET") : readOnly;
  }

  /// Headers hold credentials.
  @Override
  public String toString() {
    return "HttpToolSettings[" + method + "]";
  }
}
