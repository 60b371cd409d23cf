package dev.callbridge.elevenlabs;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What is left of a workspace's credit.
///
/// @param used credits of this period
/// @param limit that the plan includes
/// @param extendable usage beyond the limit is billed rather than refused
/// @param status `active`, `trialing`, `free`, `past_due`, `incomplete`, `free_disabled`, or
///   another
public record Subscription(long used, long limit, boolean extendable, String status) {

  /// @return null when it is not a subscription
  static @Nullable Subscription of(JsonNode json) {
    JsonNode used = json.path("character_count");
    JsonNode limit = json.path("character_limit");
    if (!used.canConvertToLong() || !limit.canConvertToLong()) {
      return null;
    }
    return new Subscription(
        used.asLong(), limit.asLong(), extendable(json), json.path("status").asString(""));
  }

  /// A number of credits, or `unlimited`; older answers only have a flag.
  private static boolean extendable(JsonNode json) {
    JsonNode extension = json.path("max_credit_limit_extension");
    return extension.isMissingNode()
        ? json.path("allowed_to_extend_character_limit").asBoolean(false)
        : extension.isString() || extension.asLong(0) > 0;
  }
}
