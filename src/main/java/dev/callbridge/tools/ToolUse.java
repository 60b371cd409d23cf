package dev.callbridge.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A tool call as it came.
///
/// @param arguments as JSON
record ToolUse(UUID callId, String toolCallId, String name, JsonNode arguments) {

  byte[] hash() {
    return sha256(arguments.toString());
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The same for the same tool call come again.
  Key key() {
    return new Key(callId, toolCallId, name, HexFormat.of().formatHex(hash()));
  }

  record Key(UUID callId, String toolCallId, String name, String hash) {}

  ToolRequest request() {
    return new ToolRequest(callId, toolCallId, arguments);
  }

  @Override
  public String toString() {
    return "ToolUse[" + callId + " " + name + "]";
  }
}
