package dev.callbridge.reservations;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A restaurant as the API gives it, and takes it back to be changed.
///
/// @param version which a change names
/// @param closedAt null while it is open
record RestaurantResource(
    UUID id,
    String name,
    String phone,
    String timeZone,
    OpeningHours hours,
    long slotMinutes,
    long stayMinutes,
    long leadMinutes,
    int daysAhead,
    int minParty,
    int maxParty,
    List<Restaurant.Table> tables,
    long version,
    @Nullable Instant closedAt) {

  static RestaurantResource of(Restaurant it) {
    return new RestaurantResource(
        it.id(),
        it.name(),
        it.phone(),
        it.zone().getId(),
        it.hours(),
        it.slot().toMinutes(),
        it.stay().toMinutes(),
        it.lead().toMinutes(),
        it.daysAhead(),
        it.minParty(),
        it.maxParty(),
        it.tables(),
        it.version(),
        it.closed());
  }
}
