package dev.callbridge.elevenlabs;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads reports: no deeper, and no longer, than a conversation's can be.
final class ReportJson {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(64)
                          .maxStringLength(Conversations.MAX_BYTES)
                          .build())
                  .build())
          // Prices are decimal.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private ReportJson() {}

  /// @throws JacksonException when it is not JSON
  static JsonNode read(byte[] body) {
    return JSON.readTree(body);
  }
}
