package dev.callbridge.reservations;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// When guests are served, by the clock on the restaurant's wall.
///
/// @param exceptions what is so on one day instead; no spans are a day off
record OpeningHours(
    @Nullable Map<DayOfWeek, List<Span>> week, @Nullable Map<LocalDate, List<Span>> exceptions) {

  /// @param closes not after `opens` means on the next day
  record Span(
      @JsonFormat(pattern = "HH:mm") @Nullable LocalTime opens,
      @JsonFormat(pattern = "HH:mm") @Nullable LocalTime closes) {}

  /// A span of one day as it really happens, so that a night in which the clocks change is as long
  /// as it is.
  record Service(Instant opens, Instant closes) {}

  List<Span> on(LocalDate day) {
    List<Span> exception = exceptions == null ? null : exceptions.get(day);
    if (exception != null) {
      return exception;
    }
    List<Span> usual = week == null ? null : week.get(day.getDayOfWeek());
    return usual == null ? List.of() : usual;
  }

  /// What begins on that day.
  List<Service> services(LocalDate day, ZoneId zone) {
    return on(day).stream().map(span -> service(span, day, zone)).toList();
  }

  private static Service service(Span span, LocalDate day, ZoneId zone) {
    LocalTime opens = span.opens() == null ? LocalTime.MIDNIGHT : span.opens();
    LocalTime closes = span.closes() == null ? LocalTime.MIDNIGHT : span.closes();
    LocalDate until = closes.isAfter(opens) ? day : day.plusDays(1);
    return new Service(
        day.atTime(opens).atZone(zone).toInstant(), until.atTime(closes).atZone(zone).toInstant());
  }
}
