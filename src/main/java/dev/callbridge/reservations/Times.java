package dev.callbridge.reservations;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;

/// Days and times as people say them, and the instants that they mean.
final class Times {

  private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern TIME = Pattern.compile("[0-9]{2}:[0-9]{2}");

  private Times() {}

  static LocalDate day(String text) {
    try {
      if (DAY.matcher(text).matches()) {
        return LocalDate.parse(text);
      }
    } catch (DateTimeException e) {
      throw new Refusal("date", "There is no such day. A day is given as 2027-01-31.");
    }
    throw new Refusal("date", "A day is given as 2027-01-31.");
  }

  static LocalTime time(String text) {
    try {
      if (TIME.matcher(text).matches()) {
        return LocalTime.parse(text);
      }
    } catch (DateTimeException e) {
      throw new Refusal("time", "There is no such time. A time is given as 19:30.");
    }
    throw new Refusal("time", "A time is given as 19:30.");
  }

  /// @throws Refusal for a time that the clocks leave out. Of one that comes twice, the first is
  ///   meant.
  static Instant at(LocalDateTime local, ZoneId zone) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new Refusal(
          "startsAt", "The clocks go forward then: there is no " + local.toLocalTime() + ".");
    }
    return local.toInstant(offsets.getFirst());
  }
}
