package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RestaurantTests {

  private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  private static final LocalDate FRIDAY = LocalDate.parse("2027-03-05");

  private final Restaurant bistro = Bistro.with(2, 4);

  @Test
  void guestsMayComeFromTheOpeningOnAndAreGoneWhenItCloses() {
    List<Instant> starts = bistro.starts(FRIDAY);

    assertThat(starts).hasSize(17).first().isEqualTo(Instant.parse("2027-03-05T16:00:00Z"));
    assertThat(starts).last().isEqualTo(Instant.parse("2027-03-05T20:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2027-03-05T19:00 | 0   | for 1 to 8 people",
        "2027-03-05T19:00 | 9   | for 1 to 8 people",
        "2027-03-05T19:00 | 5   | no table for 5 people",
        "2027-02-28T19:00 | 2   | is over",
        "2027-03-01T13:15 | 2   | no later than 30 minutes before",
        "2027-06-30T19:00 | 2   | up to 90 days ahead",
        "2027-03-05T19:07 | 2   | every 15 minutes from 5:00 PM to 9:00 PM",
        "2027-03-05T22:00 | 2   | every 15 minutes from 5:00 PM to 9:00 PM",
        "2027-03-05T12:00 | 2   | no seating at Friday, 5 March 2027 at 12:00 PM",
      })
  void whatItDoesNotTakeItSaysWhy(LocalDateTime at, int party, String why) {
    assertThatThrownBy(() -> bistro.check(bistro.at(at), party, NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(why);
  }

  @Test
  void anExceptionIsInsteadOfTheUsualHours() {
    Restaurant closed =
        Bistro.at(Bistro.BERLIN, Bistro.hours("17:00", "23:00"), Map.of(FRIDAY, List.of()), 2);
    Restaurant atNoon =
        Bistro.at(
            Bistro.BERLIN,
            Bistro.hours("17:00", "23:00"),
            Map.of(FRIDAY, List.of(Bistro.hours("12:00", "14:00"))),
            2);

    assertThatThrownBy(() -> closed.check(closed.at(FRIDAY.atTime(19, 0)), 2, NOW))
        .hasMessageContaining("closed that day");
    assertThat(atNoon.starts(FRIDAY)).hasSize(1);
  }

  @Test
  void whatBeginsAfterMidnightBelongsToTheNightBefore() {
    Restaurant bar = Bistro.at(Bistro.BERLIN, Bistro.hours("20:00", "03:00"), Map.of(), 2);

    assertThatCode(() -> bar.check(bar.at(FRIDAY.atTime(0, 30)), 2, NOW))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> bar.check(bar.at(FRIDAY.atTime(2, 0)), 2, NOW))
        .isInstanceOf(Refusal.class);
  }

  /// From 20:00 to 03:00 by the clock: seven hours, and six or eight when the clocks change.
  @ParameterizedTest
  @CsvSource({"2027-03-26, 21", "2027-03-27, 17", "2027-10-30, 25"})
  void aNightInWhichTheClocksChangeIsAsLongAsItIs(LocalDate day, int starts) {
    Restaurant bar = Bistro.at(Bistro.BERLIN, Bistro.hours("20:00", "03:00"), Map.of(), 2);

    assertThat(bar.starts(day)).hasSize(starts).doesNotHaveDuplicates();
  }

  @Test
  void aTimeThatTheClocksLeaveOutIsRefusedAndOneThatComesTwiceIsTheFirst() {
    ZoneId berlin = Bistro.BERLIN;

    assertThatThrownBy(() -> Times.at(LocalDateTime.parse("2027-03-28T02:30"), berlin))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("there is no 02:30");
    assertThat(Times.at(LocalDateTime.parse("2027-10-31T02:30"), berlin))
        .isEqualTo(Instant.parse("2027-10-31T00:30:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "John Smith, , true",
    "smith, , true",
    "'SMITH, john', , true",
    "Jane Smith, , false",
    "J, , false",
    "'', , false",
    "%, , false",
    "'. *', , false",
    ", +49 30 1234567, true",
    ", 1234567, false",
    ", +, false",
    "Jane, +49301234567, true",
  })
  void aGuestIsKnownByNameOrNumber(String name, String phone, boolean known) {
    Reservation reservation =
        new Reservation(
            bistro.id(),
            "ACFHJK",
            bistro.id(),
            "T1",
            "John Smith",
            "+49301234567",
            2,
            NOW,
            NOW,
            null,
            Reservation.Status.BOOKED,
            Reservation.MadeBy.API,
            null,
            NOW,
            NOW);

    assertThat(reservation.isOf(name, phone)).isEqualTo(known);
  }
}
