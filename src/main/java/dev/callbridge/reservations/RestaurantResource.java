package dev.callbridge.reservations;

import java.util.List;
import java.util.UUID;

/// A restaurant as the API gives it.
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
    List<Restaurant.Table> tables) {

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
        it.tables());
  }
}
