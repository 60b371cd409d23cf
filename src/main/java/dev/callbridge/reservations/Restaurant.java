package dev.callbridge.reservations;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A restaurant whose book we keep.
///
/// @param phone E.164: who calls it has this restaurant on the line
/// @param slot between two times at which guests may come
/// @param stay how long a table is theirs
/// @param lead how long before they come guests must have booked
/// @param version another one after each change
/// @param closed since when nothing is booked in it, or null
record Restaurant(
    UUID id,
    String name,
    String phone,
    ZoneId zone,
    OpeningHours hours,
    Duration slot,
    Duration stay,
    Duration lead,
    int daysAhead,
    int minParty,
    int maxParty,
    List<Table> tables,
    long version,
    @Nullable Instant closed) {

  record Table(String name, int seats) {}

  /// The times at which guests may come on that day's services, some of which may be after
  /// midnight. The last of them are gone when the house closes.
  List<Instant> starts(LocalDate day) {
    List<Instant> starts = new ArrayList<>();
    for (var service : hours.services(day, zone)) {
      Instant start = service.opens();
      while (!start.plus(stay).isAfter(service.closes())) {
        starts.add(start);
        start = start.plus(slot);
      }
    }
    return starts;
  }

  /// Those that can still be booked.
  List<Instant> bookable(LocalDate day, Instant now) {
    if (closed != null) {
      return List.of();
    }
    return starts(day).stream()
        .filter(start -> !start.isBefore(now.plus(lead)) && !start.isAfter(horizon(now)))
        .toList();
  }

  private Instant horizon(Instant now) {
    return now.plus(daysAhead, ChronoUnit.DAYS);
  }

  LocalDate day(Instant instant) {
    return instant.atZone(zone).toLocalDate();
  }

  /// @throws Refusal for a time that the clocks leave out. Of one that comes twice, the first is
  ///   meant.
  Instant at(LocalDateTime local) {
    return Times.at(local, zone);
  }

  /// @throws Refusal saying why not
  void check(Instant start, int party, Instant now) {
    if (closed != null) {
      throw Refusal.conflict(name + " has closed for good.");
    } else if (party < minParty || party > maxParty) {
      throw new Refusal(
          "partySize",
          "%s takes bookings for %d to %d people.".formatted(name, minParty, maxParty));
    } else if (tables.stream().noneMatch(table -> table.seats() >= party)) {
      throw new Refusal("partySize", name + " has no table for " + party + " people.");
    } else if (start.isBefore(now)) {
      throw new Refusal("startsAt", Words.when(start, zone) + " is over.");
    } else if (start.isBefore(now.plus(lead))) {
      throw new Refusal(
          "startsAt",
          "%s takes bookings no later than %s before.".formatted(name, Words.duration(lead)));
    } else if (start.isAfter(horizon(now))) {
      throw new Refusal(
          "startsAt", "%s takes bookings up to %d days ahead.".formatted(name, daysAhead));
    }
    LocalDate day = day(start);
    if (!starts(day).contains(start) && !starts(day.minusDays(1)).contains(start)) {
      throw new Refusal(
          "startsAt",
          "%s has no seating at %s. %s".formatted(name, Words.when(start, zone), seatings(day)));
    }
  }

  /// Whether guests are served then. Unlike [#starts(LocalDate)] says nothing of seatings, which
  /// may be others than they were.
  boolean isOpen(Instant instant) {
    LocalDate day = day(instant);
    return Stream.of(day.minusDays(1), day)
        .flatMap(date -> hours.services(date, zone).stream())
        .anyMatch(it -> !instant.isBefore(it.opens()) && instant.isBefore(it.closes()));
  }

  private String seatings(LocalDate day) {
    List<Instant> starts = starts(day);
    return starts.isEmpty()
        ? "It is closed that day."
        : "Seatings that day are every %s from %s to %s."
            .formatted(
                Words.duration(slot),
                Words.time(starts.getFirst(), zone),
                Words.time(starts.getLast(), zone));
  }
}
