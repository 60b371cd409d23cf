package dev.callbridge.reservations;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// When the tables of a restaurant are taken.
///
/// @param taken at least one of each table; without times, nobody has that table
record TableTimes(List<Taken> taken) {

  record Taken(int table, @Nullable Instant starts, @Nullable Instant ends) {

    boolean overlaps(Instant from, Instant until) {
      return starts != null && ends != null && starts.isBefore(until) && ends.isAfter(from);
    }
  }

  List<Instant> free(List<Instant> starts, Duration stay) {
    Collection<List<Taken>> tables =
        taken.stream().collect(Collectors.groupingBy(Taken::table)).values();
    return starts.stream()
        .distinct()
        .sorted()
        .filter(start ->
            tables.stream()
                .anyMatch(
                    table -> table.stream().noneMatch(it -> it.overlaps(start, start.plus(stay)))))
        .toList();
  }
}
