package dev.callbridge.elevenlabs;

import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What ElevenLabs makes of a conversation that is over: the same object in its webhook and in its
/// REST answer. Every text has a bound, since it is stored.
///
/// @param successful `success`, `failure` or `unknown`
/// @param evaluation the result of each criterion, as JSON
/// @param collected the value of each data point, as JSON
/// @param credits what it cost, in ElevenLabs's credits
/// @param usd the same in dollars, where ElevenLabs says so
/// @param terminationReason free text
public record ConversationReport(
    String conversationId,
    @Nullable String agentId,
    String status,
    @Nullable String successful,
    @Nullable String title,
    @Nullable String summary,
    @Nullable String evaluation,
    @Nullable String collected,
    @Nullable Integer durationSeconds,
    @Nullable Long credits,
    @Nullable BigDecimal usd,
    @Nullable String terminationReason) {

  static final int MAX_SUMMARY = 8_000;
  static final int MAX_TEXT = 500;

  /// Results larger than this are left out.
  static final int MAX_RESULTS = 64_000;

  private static final Pattern ID = Pattern.compile("[\\w.:-]{1,100}");
  private static final Set<String> VERDICTS = Set.of("success", "failure", "unknown");

  /// More is not the price of a conversation.
  private static final int MAX_DIGITS = 9;

  private static final int MAX_SCALE = 20;

  static boolean isId(@Nullable String id) {
    return id != null && ID.matcher(id).matches();
  }

  /// Reads what is there. Anything may be missing or of another type, and is then not known.
  ///
  /// @return null without a conversation id
  static @Nullable ConversationReport of(JsonNode data) {
    String id = data.path("conversation_id").stringValue("");
    if (!isId(id)) {
      return null;
    }
    JsonNode metadata = data.path("metadata");
    JsonNode analysis = data.path("analysis");
    String verdict = text(analysis.path("call_successful"), MAX_TEXT);
    String status = text(data.path("status"), MAX_TEXT);
    JsonNode credits = metadata.path("cost");
    return new ConversationReport(
        id,
        text(data.path("agent_id"), MAX_TEXT),
        status == null ? "unknown" : status,
        verdict == null || VERDICTS.contains(verdict) ? verdict : "unknown",
        text(analysis.path("call_summary_title"), MAX_TEXT),
        text(analysis.path("transcript_summary"), MAX_SUMMARY),
        results(analysis.path("evaluation_criteria_results")),
        results(analysis.path("data_collection_results")),
        seconds(metadata.path("call_duration_secs")),
        credits.isIntegralNumber() && credits.canConvertToLong() ? credits.longValue() : null,
        amount(metadata.path("cost_fiat")),
        text(metadata.path("termination_reason"), MAX_TEXT));
  }

  /// Whether nothing more is to come: until then an analysis is still being made.
  public boolean isFinal() {
    return status.equals("done") || status.equals("failed");
  }

  /// PostgreSQL has no NUL in a text.
  private static @Nullable String text(JsonNode node, int limit) {
    String text = node.isString() ? node.stringValue().replace('\0', '\uFFFD') : "";
    return text.isBlank() ? null : text.substring(0, Math.min(text.length(), limit));
  }

  private static @Nullable String results(JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      return null;
    }
    String json = node.toString();
    return json.length() <= MAX_RESULTS ? json : null;
  }

  private static @Nullable Integer seconds(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0
        ? node.intValue()
        : null;
  }

  private static @Nullable BigDecimal amount(JsonNode node) {
    if (!node.isNumber()) {
      return null;
    }
    BigDecimal amount = node.decimalValue();
    boolean sensible =
        amount.signum() >= 0
            && amount.precision() - (long) amount.scale() <= MAX_DIGITS
            && amount.scale() <= MAX_SCALE;
    return sensible ? amount : null;
  }

  /// What people said is in the summary: only the conversation is printed.
  @Override
  public String toString() {
    return "ConversationReport[" + conversationId + ", " + status + "]";
  }
}
