package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.callbridge.reservations.Http.Answer;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of what is booked when a restaurant changes, or closes.
@CallbridgeTest
final class RestaurantChangeTests {

  private static final String RESTAURANTS = RestaurantsController.PATH;
  private static final String RESERVATIONS = ReservationsController.PATH;

  @Autowired private Callbridge callbridge;
  @Autowired private Restaurants restaurants;

  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);
  private Http http;
  private UUID id;

  @BeforeEach
  void thereIsARestaurant() {
    http = new Http(callbridge.settings());
    id = restaurant("'17:00','closes':'23:00'", 2, 4);
  }

  private UUID restaurant(String span, int... seats) {
    StringBuilder tables = new StringBuilder();
    for (int i = 0; i < seats.length; i++) {
      tables.append(i == 0 ? "" : ",").append("{'name':'T%d','seats':%d}".formatted(i, seats[i]));
    }
    StringBuilder week = new StringBuilder();
    for (DayOfWeek weekday : DayOfWeek.values()) {
      week.append(week.isEmpty() ? "" : ",").append("'%s':[{'opens':%s}]".formatted(weekday, span));
    }
    Answer made =
        http.post(
            RESTAURANTS,
            "{'name':'Bistro','phone':'+1555%d','timeZone':'Europe/Berlin','hours':{'week':{%s}},'tables':[%s]}"
                .formatted(
                    ThreadLocalRandom.current().nextLong(100_000_000L, 999_999_999L),
                    week,
                    tables));
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    return made.id();
  }

  private Answer book(String time, int party) {
    return http.post(
        RESERVATIONS,
        "{'restaurantId':'%s','startsAt':'%sT%s','partySize':%d,'guestName':'Ann','guestPhone':'+49 30 123456'}"
            .formatted(id, day, time, party));
  }

  private Answer change(Consumer<ObjectNode> how) {
    ObjectNode restaurant = current();
    how.accept(restaurant);
    return put(restaurant);
  }

  private ObjectNode current() {
    return http.get(RESTAURANTS + "/" + id).json().deepCopy().asObject();
  }

  private Answer put(ObjectNode restaurant) {
    return http.now("PUT", RESTAURANTS + "/" + id, restaurant.toString(), "");
  }

  private static void hours(ObjectNode restaurant, String opens, String closes) {
    ObjectNode week = restaurant.putObject("hours").putObject("week");
    for (DayOfWeek weekday : DayOfWeek.values()) {
      week.putArray(weekday.name()).addObject().put("opens", opens).put("closes", closes);
    }
  }

  private static void tables(ObjectNode restaurant, int... seats) {
    ArrayNode tables = restaurant.putArray("tables");
    for (int i = 0; i < seats.length; i++) {
      if (seats[i] > 0) {
        tables.addObject().put("name", "T" + i).put("seats", seats[i]);
      }
    }
  }

  @Test
  void whatFitsStaysAndWhatIsBookedNextIsOfTheRestaurantAsItIsThen() {
    UUID booked = book("19:00", 2).id();

    Answer changed =
        change(it -> {
          it.put("name", "Brasserie").put("maxParty", 12).put("slotMinutes", 30);
          hours(it, "18:00", "23:30");
          tables(it, 2, 4, 12);
        });

    assertThat(changed.status()).as(changed.json().toString()).isEqualTo(200);
    assertThat(changed.get("/name")).isEqualTo("Brasserie");
    assertThat(changed.json().path("tables")).hasSize(3);
    assertThat(changed.json().path("version").asLong()).isPositive();
    assertThat(http.get(RESERVATIONS + "/" + booked).get("/status")).isEqualTo("BOOKED");
    assertThat(book("17:00", 2).get("/errors/0/field")).isEqualTo("startsAt");
    assertThat(book("19:00", 12).get("/table")).isEqualTo("T2");
    assertThat(book("19:00", 2).get("/table")).isEqualTo("T1");
  }

  @Test
  void aTableThatGuestsHaveBookedDoesNotGoAndThenGoesForGood() {
    UUID small = book("19:00", 2).id();
    UUID large = book("19:00", 4).id();

    Answer refused = change(it -> tables(it, 0, 3));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("reservations"))
        .extracting(it -> it.path("id").asString(), it -> it.path("why").asString())
        .containsExactlyInAnyOrder(
            tuple(small.toString(), "TABLE_GONE"), tuple(large.toString(), "TABLE_TOO_SMALL"));
    Answer kept = change(it -> tables(it.put("keepReservations", true), 0, 3));
    assertThat(kept.status()).isEqualTo(409);
    assertThat(current().path("tables")).hasSize(2);

    for (UUID each : List.of(small, large)) {
      http.patch(RESERVATIONS + "/" + each, "{'status':'CANCELLED'}");
    }
    assertThat(change(it -> tables(it, 0, 3)).status()).isEqualTo(200);
    assertThat(http.get(RESERVATIONS + "/" + small).get("/table")).isEqualTo("T0");
    assertThat(book("19:00", 4).status()).isEqualTo(400);
    // One of that name again is another table.
    assertThat(change(it -> tables(it, 6, 3)).status()).isEqualTo(200);
    assertThat(change(it -> it.put("maxParty", 6)).status()).isEqualTo(200);
    assertThat(book("19:00", 6).get("/table")).isEqualTo("T0");
  }

  @Test
  void whatIsBookedAtATimeThatIsNotOpenAnyMoreStaysOnlyWhenThatIsSaid() {
    UUID booked = book("20:00", 2).id();

    Answer refused = change(it -> hours(it, "12:00", "15:00"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.get("/reservations/0/why")).isEqualTo("NOT_OPEN");
    assertThat(refused.get("/reservations/0/id")).isEqualTo(booked.toString());
    assertThat(refused.get("/detail")).contains("keepReservations");

    Answer changed = change(it -> hours(it.put("keepReservations", true), "12:00", "15:00"));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(http.get(RESERVATIONS + "/" + booked).get("/status")).isEqualTo("BOOKED");
    assertThat(book("20:00", 2).status()).isEqualTo(400);
  }

  @Test
  void ofTwoWhoChangeItAtOnceOneIsToldThatItWasChanged() {
    ObjectNode before = current();
    List<Integer> answers =
        Objects.requireNonNull(
            Flux.range(0, 8)
                .flatMap(
                    i ->
                        http.send(
                            "PUT",
                            RESTAURANTS + "/" + id,
                            before.deepCopy().asObject().put("name", "No " + i).toString(),
                            ""),
                    8)
                .map(Answer::status)
                .collectList()
                .block(Callbridge.SOON));

    assertThat(answers).containsOnlyOnce(200).contains(412);
    ObjectNode none = current();
    none.remove("version");
    assertThat(put(none).status()).isEqualTo(428);
    assertThat(put(none.put("version", 0)).get("/detail")).startsWith("version");
  }

  /// Whoever is first: no guest is left without a table.
  @Test
  void guestsWhoBookWhileTablesAndHoursChangeAreNeverLeftOut() {
    Restaurant as = Objects.requireNonNull(restaurants.find(id).block(Callbridge.SOON));
    ObjectNode smaller = current();
    tables(smaller, 2, 0);
    hours(smaller, "12:00", "15:00");

    List<Answer> answers =
        Objects.requireNonNull(
            Flux.range(0, 12)
                .flatMap(
                    i ->
                        i == 4
                            ? http.send("PUT", RESTAURANTS + "/" + id, smaller.toString(), "")
                            : http.send(
                                "POST",
                                RESERVATIONS,
                                "{'restaurantId':'%s','startsAt':'%sT19:00','partySize':4,'guestName':'Ann','guestPhone':'+49 30 123456'}"
                                    .formatted(id, day.plusDays(i)),
                                UUID.randomUUID().toString()),
                    6)
                .collectList()
                .block(Callbridge.SOON));

    assertThat(answers)
        .extracting(Answer::status)
        .allMatch(it -> List.of(200, 201, 400, 409).contains(it));
    JsonNode booked =
        http.get(RESERVATIONS + "?status=BOOKED&restaurant=" + id).json().path("reservations");
    boolean changed = current().path("version").asLong() != as.version();
    if (changed) {
      assertThat(booked).isEmpty();
    } else {
      assertThat(booked).isNotEmpty();
    }
    assertThat(booked).hasSize((int) answers.stream().filter(it -> it.status() == 201).count());
  }

  @Test
  void aRestaurantClosesOnceNobodyIsToCome() {
    UUID booked = book("19:00", 2).id();
    String path = RESTAURANTS + "/" + id;
    String number = current().path("phone").asString();

    Answer refused = http.now("DELETE", path, "", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.get("/reservations/0/why")).isEqualTo("CLOSING");
    http.patch(RESERVATIONS + "/" + booked, "{'status':'CANCELLED'}");
    assertThat(http.now("DELETE", path, "", "").status()).isEqualTo(204);
    assertThat(http.now("DELETE", path, "", "").status()).isEqualTo(204);

    assertThat(http.get(path).get("/closedAt")).isNotEmpty();
    assertThat(listed("")).doesNotContain(id.toString());
    assertThat(listed("&closed=true")).contains(id.toString());
    assertThat(book("19:00", 2).get("/detail")).contains("closed for good");
    assertThat(http.get(path + "/availability?partySize=2&date=" + day).json().path("times"))
        .isEmpty();
    assertThat(put(current().put("name", "Again")).status()).isEqualTo(400);
    assertThat(http.get(RESERVATIONS + "/" + booked).get("/table")).isEqualTo("T0");
    UUID next = restaurant("'17:00','closes':'23:00'", 2);
    id = next;
    assertThat(change(it -> it.put("phone", number)).status()).isEqualTo(200);
  }

  private List<String> listed(String more) {
    return http.get(RESTAURANTS + "?limit=200" + more)
        .json()
        .path("restaurants")
        .valueStream()
        .map(it -> it.path("id").asString())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "timeZone, Mars",
    "phone, 12",
    "closedAt, 2027-01-01T00:00:00Z",
    "id, 01990f6e-5b0a-7000-8000-000000000002"
  })
  void whatIsWrongWithAChangeIsNamed(String field, String wrong) {
    Answer answer = change(it -> it.put(field, wrong));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.get("/errors/0/field")).isEqualTo(field);
  }

  @Test
  void theNumberOfAnotherIsRefusedAtItsField() {
    String number = current().path("phone").asString();
    id = restaurant("'17:00','closes':'23:00'", 2);

    Answer answer = change(it -> it.put("phone", number));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.get("/errors/0/field")).isEqualTo("phone");
    assertThat(
            http.now("PUT", RESTAURANTS + "/" + UUID.randomUUID(), current().toString(), "")
                .status())
        .isEqualTo(400);
  }
}
