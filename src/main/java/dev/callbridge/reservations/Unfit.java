package dev.callbridge.reservations;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A reservation for which there is no place in a restaurant as it is to be.
record Unfit(UUID id, String code, Instant startsAt, int partySize, String table, Why why) {

  enum Why {
    /// Its table is not there any more, or too small: it has to be cancelled or moved first.
    TABLE_GONE,
    TABLE_TOO_SMALL,
    /// It may stay booked, where the restaurant says so.
    NOT_OPEN,
    /// The restaurant is to close for good.
    CLOSING
  }

  boolean mayStay() {
    return why == Why.NOT_OPEN;
  }

  static Unfit of(Reservation it, Why why) {
    return new Unfit(it.id(), it.code(), it.starts(), it.partySize(), it.table(), why);
  }

  /// Looks at one reservation after the other.
  static final class Check {

    private final Restaurant wanted;
    private final Map<String, Integer> seats;

    Check(Restaurant wanted) {
      this.wanted = wanted;
      seats =
          wanted.tables().stream()
              .collect(Collectors.toMap(Restaurant.Table::name, Restaurant.Table::seats));
    }

    @Nullable Unfit of(Reservation it) {
      Integer atTable = seats.get(it.table());
      if (atTable == null) {
        return Unfit.of(it, Why.TABLE_GONE);
      } else if (atTable < it.partySize()) {
        return Unfit.of(it, Why.TABLE_TOO_SMALL);
      }
      return wanted.isOpen(it.starts()) ? null : Unfit.of(it, Why.NOT_OPEN);
    }
  }
}
