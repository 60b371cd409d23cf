package dev.callbridge.twilio;

import dev.callbridge.audio.Base64Text;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/// Reads a payload as the bytes of its base64 text, not as what they stand for.
final class Base64Payload extends ValueDeserializer<byte[]> {

  @Override
  public byte[] deserialize(JsonParser parser, DeserializationContext context) {
    byte[] text = parser.getString().getBytes(StandardCharsets.ISO_8859_1);
    if (!Base64Text.isValid(text)) {
      return context.reportInputMismatch(byte[].class, "media.payload is not base64");
    }
    return text;
  }
}
