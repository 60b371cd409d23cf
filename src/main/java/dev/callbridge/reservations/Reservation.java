package dev.callbridge.reservations;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A table that is somebody's for a while.
record Reservation(
    UUID id,
    String code,
    UUID restaurantId,
    String table,
    String guestName,
    String guestPhone,
    int partySize,
    Instant starts,
    Instant ends,
    @Nullable String note,
    Status status,
    MadeBy madeBy,
    @Nullable UUID callId,
    Instant created,
    Instant updated) {

  enum Status {
    BOOKED,
    ARRIVED,
    NO_SHOW,
    CANCELLED
  }

  enum MadeBy {
    CALL,
    API
  }

  /// Whether somebody who gives that name or number may be the guest: a part of the name will do,
  /// since people give their last name, but no word that is not in it.
  boolean isOf(@Nullable String name, @Nullable String phone) {
    return phone != null && digits(phone).length() >= 5 && sameNumber(phone, guestPhone)
        || name != null && isNamed(name);
  }

  private boolean isNamed(String name) {
    List<String> given = words(name);
    return given.stream().anyMatch(word -> word.length() >= 2)
        && words(guestName).containsAll(given);
  }

  private static List<String> words(String name) {
    return Arrays.stream(name.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static boolean sameNumber(String one, String other) {
    return digits(one).equals(digits(other));
  }

  private static String digits(String number) {
    return number.replaceAll("[^0-9]", "");
  }

  @Override
  public String toString() {
    return "Reservation[" + id + ", " + status + "]";
  }
}
