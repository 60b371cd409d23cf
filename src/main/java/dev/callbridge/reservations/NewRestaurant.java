package dev.callbridge.reservations;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.requests.InvalidRequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A restaurant whose book is to be kept, as the API takes it.
///
/// @param id of one that is changed; what is given back with it stands where it was
/// @param version which is changed
/// @param closedAt taken where it is null: nothing closes by being changed
/// @param keepReservations whether what is booked at times that are not open any more stays booked
record NewRestaurant(
    @Nullable UUID id,
    @Nullable Long version,
    @Nullable Instant closedAt,
    @Nullable Boolean keepReservations,
    @Nullable String name,
    @Nullable String phone,
    @Nullable String timeZone,
    @Nullable OpeningHours hours,
    @Nullable Integer slotMinutes,
    @Nullable Integer stayMinutes,
    @Nullable Integer leadMinutes,
    @Nullable Integer daysAhead,
    @Nullable Integer minParty,
    @Nullable Integer maxParty,
    @Nullable List<@Nullable NewTable> tables) {

  record NewTable(@Nullable String name, @Nullable Integer seats) {}

  private static final int MAX_TABLES = 200;
  private static final int MAX_EXCEPTIONS = 500;
  private static final int MAX_SPANS = 4;

  /// @throws InvalidRequestException naming every field that is wrong
  Restaurant check() {
    FieldCheck check = new FieldCheck();
    if (id != null || version != null || closedAt != null || keepReservations != null) {
      check.add(
          "id", "has no place in a new restaurant; nor have version, closedAt, keepReservations");
    }
    return check(UuidCreator.getTimeOrderedEpoch(), 0, check);
  }

  /// @param path the id of the restaurant that it is to replace
  /// @throws InvalidRequestException naming every field that is wrong
  Restaurant check(UUID path, long replaced) {
    FieldCheck check = new FieldCheck();
    if (id != null && !id.equals(path)) {
      check.add("id", "is not the one of the path");
    }
    if (closedAt != null) {
      check.add("closedAt", "is not null: a restaurant is closed by DELETE, and stays so");
    }
    return check(path, replaced, check);
  }

  private Restaurant check(UUID id, long version, FieldCheck check) {
    int min = check.from("minParty", minParty, 1, 100, 1);
    Restaurant restaurant =
        new Restaurant(
            id,
            check.text("name", name, 100),
            check.e164("phone", phone),
            check.zone("timeZone", timeZone),
            hours(check),
            Duration.ofMinutes(check.from("slotMinutes", slotMinutes, 5, 240, 15)),
            Duration.ofMinutes(check.from("stayMinutes", stayMinutes, 15, 720, 120)),
            Duration.ofMinutes(check.from("leadMinutes", leadMinutes, 0, 43_200, 30)),
            check.from("daysAhead", daysAhead, 1, 400, 90),
            min,
            check.from("maxParty", maxParty, Math.max(1, min), 100, Math.max(min, 10)),
            tables(check),
            version,
            null);
    check.orThrow();
    return restaurant;
  }

  private OpeningHours hours(FieldCheck check) {
    if (hours == null || hours.week() == null || hours.week().isEmpty()) {
      check.add("hours.week", "is missing");
      return new OpeningHours(Map.of(), Map.of());
    }
    var exceptions =
        hours.exceptions() == null ? Map.<Object, List<OpeningHours.Span>>of() : hours.exceptions();
    if (exceptions.size() > MAX_EXCEPTIONS) {
      check.add("hours.exceptions", "are more than " + MAX_EXCEPTIONS);
    }
    Stream.<Collection<List<OpeningHours.Span>>>of(
            hours.week().values(), List.copyOf(exceptions.values()))
        .flatMap(Collection::stream)
        .forEach(spans -> {
          if (spans == null || spans.size() > MAX_SPANS) {
            check.add("hours", "has a day with more than " + MAX_SPANS + " spans, or null");
          } else if (spans.stream()
              .anyMatch(it -> it == null || it.opens() == null || it.closes() == null)) {
            check.add("hours", "has a span without opens or closes");
          }
        });
    return hours;
  }

  private List<Restaurant.Table> tables(FieldCheck check) {
    if (tables == null || tables.isEmpty() || tables.size() > MAX_TABLES) {
      check.add("tables", "are not 1 to " + MAX_TABLES);
      return List.of();
    }
    Set<String> names = new HashSet<>();
    return tables.stream()
        .map(table -> {
          NewTable it = table == null ? new NewTable(null, null) : table;
          String name = check.text("tables.name", it.name(), 50);
          if (!names.add(name)) {
            check.add("tables.name", "is there twice: " + name);
          }
          return new Restaurant.Table(name, check.from("tables.seats", it.seats(), 1, 100, null));
        })
        .toList();
  }
}
