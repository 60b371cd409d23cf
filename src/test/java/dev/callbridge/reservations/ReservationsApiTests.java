package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.reservations.Http.Answer;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/// Restaurants and reservations as programs meet them.
@CallbridgeTest
final class ReservationsApiTests {

  private static final String RESTAURANTS = RestaurantsController.PATH;
  private static final String RESERVATIONS = ReservationsController.PATH;

  @Autowired private Callbridge callbridge;

  /// One for all that book nothing in it.
  private static @Nullable UUID bistro;

  private Http http;
  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);

  @BeforeEach
  void speak() {
    http = new Http(callbridge.settings());
  }

  private static String restaurant() {
    return """
    {'name':'Bistro','phone':'+1555%d','timeZone':'Europe/Berlin','leadMinutes':0,'maxParty':4,
     'hours':{'week':{'MONDAY':[],'TUESDAY':[SPAN],'WEDNESDAY':[SPAN],'THURSDAY':[SPAN],'FRIDAY':[SPAN],'SATURDAY':[SPAN],
       'SUNDAY':[SPAN],'MONDAY':[SPAN]},'exceptions':{'2030-12-24':[]}},
     'tables':[{'name':'1','seats':2}]}
    """
        .replace("'MONDAY':[],", "")
        .replace("SPAN", "{'opens':'17:00','closes':'21:00'}")
        .formatted(ThreadLocalRandom.current().nextLong(100_000_000L, 999_999_999L));
  }

  private String booking(UUID restaurant) {
    return "{'restaurantId':'%s','startsAt':'%sT18:00','partySize':2,'guestName':'Ann','guestPhone':'+49 30 123456'}"
        .formatted(restaurant, day);
  }

  @Test
  void aRestaurantIsMadeAndItsTableBookedOnce() {
    Answer made = http.post(RESTAURANTS, restaurant());
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    UUID id = made.id();
    assertThat(http.get(RESTAURANTS + "/" + id).get("/hours/exceptions/2030-12-24")).isEmpty();

    List<Answer> answers =
        Objects.requireNonNull(
            Flux.range(0, 10)
                .flatMap(_ -> http.send("POST", RESERVATIONS, booking(id), "key-" + id), 10)
                .collectList()
                .block(Callbridge.SOON));
    assertThat(answers).allMatch(it -> it.status() == 201);
    assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);

    Answer full = http.post(RESERVATIONS, booking(id));
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.get("/detail")).contains("No table for 2 people");
    assertThat(
            http.get(RESTAURANTS + "/" + id + "/availability?partySize=2&date=" + day)
                .json()
                .path("times"))
        .isEmpty();

    UUID reservation = answers.getFirst().id();
    String path = RESERVATIONS + "/" + reservation;
    assertThat(http.patch(path, "{'status':'CANCELLED'}").get("/status")).isEqualTo("CANCELLED");
    assertThat(http.patch(path, "{'status':'CANCELLED'}").status()).isEqualTo(200);
    assertThat(http.patch(path, "{'status':'ARRIVED'}").status()).isEqualTo(409);
    assertThat(http.post(RESERVATIONS, booking(id)).status()).isEqualTo(201);
    assertThat(
            http.get(RESERVATIONS + "?status=CANCELLED&restaurant=" + id)
                .json()
                .path("reservations"))
        .extracting(it -> it.path("id").asString())
        .containsExactly(reservation.toString());
  }

  @Test
  void aListGoesOnBehindItsNext() {
    for (int i = 0; i < 3; i++) {
      http.post(RESTAURANTS, restaurant());
    }
    Answer first = http.get(RESTAURANTS + "?limit=2");
    Answer second = http.get(RESTAURANTS + "?limit=2&after=" + first.get("/next"));

    assertThat(first.json().path("restaurants")).hasSize(2);
    assertThat(second.json().path("restaurants").valueStream().map(JsonNode::toString))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(
            first.json().path("restaurants").valueStream().map(JsonNode::toString).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Europe/Berlin | Berlin                    | timeZone",
        "'+1555        | '1555                     | phone",
        "'17:00'       | '5 pm'                    | opens",
        "'week'        | 'weeks'                   | weeks",
        "'seats':2     | 'seats':0                 | tables.seats",
        "'maxParty':4  | 'maxParty':1000           | maxParty",
        "'closes':     | 'opens':                  | body",
      })
  void whatIsWrongWithARestaurantIsNamed(String right, String wrong, String field) {
    Answer answer = http.post(RESTAURANTS, restaurant().replace(right, wrong));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("errors").toString()).contains(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "T18:00        | T18:07        | startsAt",
        "T18:00        | T20:00        | startsAt",
        "'partySize':2 | 'partySize':3 | partySize",
        "'partySize':2 | 'partySize':9 | partySize",
        "Ann           | `  `          | guestName",
        "+49 30 123456 | 12            | guestPhone",
      })
  void whatIsWrongWithAReservationIsNamed(String right, String wrong, String field) {
    if (bistro == null) {
      bistro = http.post(RESTAURANTS, restaurant()).id();
    }
    UUID id = bistro;

    Answer answer = http.post(RESERVATIONS, booking(id).replace(right, wrong));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.get("/errors/0/field")).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/reservations?limit=0, limit",
    "/api/v1/reservations?limit=9999999999, limit",
    "/api/v1/reservations?status=GONE, status",
    "/api/v1/reservations?before=x, before",
    "/api/v1/reservation-requests?status=DONE, status",
    "/api/v1/restaurants?after=x, after",
  })
  void whatIsWrongWithAQueryIsNamed(String path, String field) {
    Answer answer = http.get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.get("/errors/0/field")).isEqualTo(field);
  }
}
