package dev.callbridge.secrets;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// A key, a token, a password, or a URL that lets somebody in. It prints as nothing, in whatever
/// record, log line or message it gets into, and in JSON that is made of it; whoever needs what it
/// holds says so by [#value].
///
/// Settings are bound to it as they are to a text: Spring converts by [#of].
///
/// @param value as it is sent and compared
public record Secret(String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Secret of(String value) {
    return new Secret(value);
  }

  public boolean isBlank() {
    return value.isBlank();
  }

  @Override
  @JsonValue
  public String toString() {
    return "[secret]";
  }
}
