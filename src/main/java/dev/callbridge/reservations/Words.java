package dev.callbridge.reservations;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How times and codes are said. English, which an agent says in the caller's language.
final class Words {

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("EEEE, d MMMM yyyy", Locale.ENGLISH);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("h:mm a", Locale.ENGLISH);
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");

  private Words() {}

  static String when(Instant at, ZoneId zone) {
    return day(at.atZone(zone).toLocalDate()) + " at " + time(at, zone);
  }

  static String day(LocalDate day) {
    return DAY.format(day);
  }

  static String time(Instant at, ZoneId zone) {
    return TIME.format(at.atZone(zone));
  }

  /// As tools take it.
  static String clock(Instant at, ZoneId zone) {
    return CLOCK.format(at.atZone(zone));
  }

  static String duration(Duration duration) {
    long minutes = duration.toMinutes();
    if (minutes % 60 != 0 || minutes == 0) {
      return minutes + (minutes == 1 ? " minute" : " minutes");
    }
    return minutes == 60 ? "1 hour" : minutes / 60 + " hours";
  }

  static String people(int party) {
    return party == 1 ? "1 person" : party + " people";
  }

  /// One after the other, so that it is not read as a word.
  static String spelled(String code) {
    return code.chars().mapToObj(Character::toString).collect(Collectors.joining(" "));
  }

  static String list(List<Instant> times, ZoneId zone) {
    return times.stream().map(at -> when(at, zone)).collect(Collectors.joining("; "));
  }
}
