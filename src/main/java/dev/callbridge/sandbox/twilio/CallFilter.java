package dev.callbridge.sandbox.twilio;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The filters of `GET Calls`. A call not yet dialled counts from its creation.
record CallFilter(Predicate<SandboxCall> wanted) {

  /// @throws RestError where a time is not one
  static CallFilter of(Form query) {
    return new CallFilter(
        same(query.get("To"), SandboxCall::to)
            .and(same(query.get("From"), SandboxCall::from))
            .and(same(query.get("Status"), SandboxCall::status))
            .and(on(query.get("StartTime")))
            .and(since(query.get("StartTime>")))
            .and(since(query.get("StartTime<")).negate().or(_ -> query.get("StartTime<") == null)));
  }

  /// The newest first, as Twilio lists them.
  List<Map<String, Object>> apply(List<SandboxCall> calls) {
    return calls.reversed().stream().filter(wanted).map(RestJson::call).toList();
  }

  private static Predicate<SandboxCall> same(
      @Nullable String expected, Function<SandboxCall, String> property) {
    return call -> expected == null || expected.equals(property.apply(call));
  }

  private static Predicate<SandboxCall> on(@Nullable String day) {
    return call ->
        day == null || LocalDate.ofInstant(start(call), ZoneOffset.UTC).equals(date(day));
  }

  private static Predicate<SandboxCall> since(@Nullable String time) {
    Instant from = time == null ? null : instant(time);
    return call -> from == null || !start(call).isBefore(from);
  }

  private static Instant start(SandboxCall call) {
    Instant started = call.started();
    return started == null ? call.created() : started;
  }

  private static LocalDate date(String text) {
    return LocalDate.ofInstant(instant(text), ZoneOffset.UTC);
  }

  private static Instant instant(String text) {
    try {
      return switch (text.length()) {
        case 10 -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        // As Twilio's own SDK writes it: no zone, and UTC is meant.
        case 19 -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        default -> OffsetDateTime.parse(text).toInstant();
      };
    } catch (DateTimeParseException _) {
      throw RestError.badRequest(20001, "Not a date or time: " + text);
    }
  }
}
