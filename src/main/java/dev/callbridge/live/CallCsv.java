package dev.callbridge.live;

import dev.callbridge.call.CallCost;
import dev.callbridge.call.CallResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Calls as RFC 4180 has it. What callers and customers have written is in some of the fields, and
/// spreadsheets take a text that begins in certain ways for a formula.
final class CallCsv {

  static final String HEADER =
      "id,direction,assistant,from,to,state,outcome,endedBy,reason,answeredBy,created,answered,"
          + "agentConnected,ended,twilioCallSid,conversationId,twilioCost,twilioCurrency,"
          + "elevenlabsCost,elevenlabsCurrency,elevenlabsCredits,metadata\r\n";

  /// A number says what it is: a plus and digits are no formula.
  private static final Pattern NUMBER = Pattern.compile("\\+[1-9][0-9]{1,14}");

  /// Also behind spaces and quotes, and as the wide forms that some read as the narrow ones.
  private static final Pattern FORMULA =
      Pattern.compile(
          "[\\p{Z}\\p{Cntrl}\\p{Cf}'\"]*[=+\\-@|%＝＋－＠−].*|[\\p{Cntrl}].*", Pattern.DOTALL);

  private static final ObjectWriter METADATA = JsonMapper.shared().writerFor(Map.class);

  private CallCsv() {}

  static String rows(List<CallResource> calls) {
    return calls.stream().map(CallCsv::row).collect(Collectors.joining());
  }

  private static String row(CallResource call) {
    CallResource.Timings at = call.timings();
    CallCost cost = call.cost();
    CallCost.Part twilio = cost == null ? null : cost.twilio();
    CallCost.Part elevenlabs = cost == null ? null : cost.elevenlabs();
    return line(
        Stream.<@Nullable Object>of(
            call.id(),
            call.direction(),
            call.assistant(),
            call.from(),
            call.to(),
            call.state(),
            call.outcome(),
            call.endedBy(),
            call.reason(),
            call.answeredBy(),
            at.created(),
            at.answered(),
            at.agentConnected(),
            at.ended(),
            call.twilioCallSid(),
            call.conversationId(),
            twilio == null || twilio.amount() == null ? null : twilio.amount().toPlainString(),
            twilio == null ? null : twilio.currency(),
            elevenlabs == null || elevenlabs.amount() == null
                ? null
                : elevenlabs.amount().toPlainString(),
            elevenlabs == null ? null : elevenlabs.currency(),
            elevenlabs == null ? null : elevenlabs.credits(),
            call.metadata().isEmpty()
                ? null
                : METADATA.writeValueAsString(new TreeMap<>(call.metadata()))));
  }

  private static String line(Stream<? extends @Nullable Object> values) {
    return values
        .map(value -> field(value == null ? "" : value.toString()))
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  /// In quotes where it needs them; behind an apostrophe where it would be a formula.
  static String field(String text) {
    String harmless =
        FORMULA.matcher(text).matches() && !NUMBER.matcher(text).matches() ? "'" + text : text;
    boolean plain =
        harmless.chars().noneMatch(c -> c == ',' || c == '"' || c == ';' || c < ' ')
            && harmless.equals(harmless.strip());
    return plain ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
  }
}
