package dev.callbridge.reservations;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.Direction;
import dev.callbridge.reservations.OpeningHours.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Restaurants with nothing special about them but what a test says.
final class Bistro {

  static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private Bistro() {}

  /// Open from five to eleven in the evening each day, with tables of so many seats.
  static Restaurant with(int... seats) {
    return at(BERLIN, hours("17:00", "23:00"), Map.of(), seats);
  }

  static Restaurant at(
      ZoneId zone, Span daily, Map<LocalDate, List<Span>> exceptions, int... seats) {
    Map<DayOfWeek, List<Span>> week = new EnumMap<>(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      week.put(day, List.of(daily));
    }
    return new Restaurant(
        UuidCreator.getTimeOrderedEpoch(),
        "Bistro " + ThreadLocalRandom.current().nextInt(1_000_000_000),
        "+1555" + ThreadLocalRandom.current().nextLong(100_000_000L, 999_999_999L),
        zone,
        new OpeningHours(week, exceptions),
        Duration.ofMinutes(15),
        Duration.ofHours(2),
        Duration.ofMinutes(30),
        90,
        1,
        8,
        Arrays.stream(seats)
            .mapToObj(
                it -> new Restaurant.Table("T" + it + "-" + UuidCreator.getTimeOrderedEpoch(), it))
            .toList(),
        0,
        null);
  }

  static Span hours(String opens, String closes) {
    return new Span(LocalTime.parse(opens), LocalTime.parse(closes));
  }

  /// Somebody of that number calls it.
  static CallPlan called(String from, Restaurant restaurant) {
    return new CallPlan(
        Direction.INBOUND,
        "default",
        from,
        restaurant.phone(),
        Map.of(),
        null,
        null,
        null,
        false,
        Duration.ofSeconds(60),
        Duration.ofMinutes(5),
        Map.of());
  }
}
