package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tools as an agent has them, over a real database.
@CallbridgeTest
final class ReservationToolTests {

  private static final JsonMapper JSON = new JsonMapper();

  @Autowired private List<Tool> tools;
  @Autowired private Restaurants restaurants;
  @Autowired private CallStore calls;
  @Autowired private DatabaseClient database;

  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);

  private Restaurant restaurant(int... seats) {
    return Objects.requireNonNull(restaurants.create(Bistro.with(seats)).block(Callbridge.SOON));
  }

  private UUID callTo(Restaurant restaurant) {
    return callFrom("+15550009999", restaurant);
  }

  private UUID callFrom(String number, Restaurant restaurant) {
    UUID id = Call.newId();
    calls.create(id, Bistro.called(number, restaurant), null).block(Callbridge.SOON);
    return id;
  }

  private Mono<ToolResult> run(String name, UUID call, String toolCall, String arguments) {
    Tool tool = tools.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    return tool.run(new ToolRequest(call, toolCall, JSON.readTree(arguments.replace('\'', '"'))));
  }

  private ToolResult ask(String name, UUID call, String arguments) {
    return Objects.requireNonNull(
        run(name, call, UUID.randomUUID().toString(), arguments).block(Callbridge.SOON));
  }

  private static JsonNode done(ToolResult result) {
    assertThat(result.isError()).as(result.text()).isFalse();
    return JSON.readTree(result.text());
  }

  private String wish(String time, int party) {
    return "{'date':'%s','time':'%s','party_size':%d,'guest_name':'John Smith'}"
        .formatted(day, time, party);
  }

  private long booked(Restaurant restaurant) {
    return Objects.requireNonNull(
        database
            .sql(
                "SELECT count(*) AS n FROM reservation WHERE restaurant_id = :id AND status = 'BOOKED'")
            .bind("id", restaurant.id())
            .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
            .one()
            .block(Callbridge.SOON));
  }

  @Test
  void aTableIsBookedMovedAndCancelled() {
    UUID call = callTo(restaurant(2, 4));

    JsonNode made = done(ask("make_reservation", call, wish("19:00", 3)));
    String code = made.path("code").asString();
    assertThat(made.path("say").asString()).contains("3 people", "7:00 PM", "John Smith");

    JsonNode moved =
        done(
            ask(
                "change_reservation",
                call,
                "{'code':'%s','guest_name':'smith','time':'20:15'}".formatted(code)));
    assertThat(moved.path("time").asString()).isEqualTo("20:15");
    assertThat(moved.path("code").asString()).isEqualTo(code);

    String spelled = String.join(" ", code.toLowerCase(Locale.ROOT).split(""));
    JsonNode cancelled =
        done(
            ask(
                "cancel_reservation",
                call,
                "{'code':'%s','phone':'+1 555 000-9999'}".formatted(spelled)));
    assertThat(cancelled.path("result").asString()).isEqualTo("cancelled");
  }

  @Test
  void nobodyCancelsOrMovesWhatIsSomebodyElses() {
    Restaurant bistro = restaurant(4);
    UUID call = callTo(bistro);
    String code = done(ask("make_reservation", call, wish("19:00", 2))).path("code").asString();

    ToolResult wrongName =
        ask("cancel_reservation", call, "{'code':'%s','guest_name':'Jane'}".formatted(code));
    ToolResult wrongCode =
        ask("cancel_reservation", call, "{'code':'AAAAAA','guest_name':'John Smith'}");
    ToolResult noName = ask("cancel_reservation", call, "{'code':'%s'}".formatted(code));
    ToolResult fromElsewhere =
        ask(
            "cancel_reservation",
            callTo(restaurant(2)),
            "{'code':'%s','guest_name':'John Smith','restaurant':'%s'}"
                .formatted(code, bistro.name()));

    assertThat(List.of(wrongName, wrongCode, noName, fromElsewhere)).allMatch(ToolResult::isError);
    assertThat(wrongName.text()).isEqualTo(wrongCode.text()).isEqualTo(fromElsewhere.text());
    assertThat(booked(bistro)).isEqualTo(1);
  }

  @Test
  void whenNoTableIsFreeOthersAreOffered() {
    UUID call = callTo(restaurant(2));
    done(ask("make_reservation", call, wish("19:00", 2)));

    ToolResult full = ask("make_reservation", call, wish("19:30", 2));
    JsonNode free =
        done(ask("check_availability", call, "{'date':'%s','party_size':2}".formatted(day)));

    assertThat(full.isError()).isTrue();
    assertThat(full.text()).contains("No table for 2 people", "Free instead", "5:00 PM", "9:00 PM");
    assertThat(free.path("times").valueStream().map(JsonNode::asString))
        .containsExactly("17:00", "21:00");
  }

  @Test
  void aPartyTakesTheSmallestTableThatHoldsIt() {
    UUID call = callTo(restaurant(8, 2, 4));

    done(ask("make_reservation", call, wish("19:00", 2)));
    done(ask("make_reservation", call, wish("19:00", 2)));
    done(ask("make_reservation", call, wish("19:00", 7)));
    assertThat(ask("make_reservation", call, wish("19:00", 1)).isError()).isTrue();
  }

  @Test
  void theRestaurantTellsItsHoursAndTheDayThere() {
    JsonNode info = done(ask("restaurant_info", callTo(restaurant(2)), "{}"));

    assertThat(info.path("hours").size()).isEqualTo(14);
    assertThat(info.path("hours").path(info.path("today").asString()).asString())
        .isEqualTo("17:00 to 23:00");
  }

  /// Whatever the code does: the table's constraint.
  @Test
  void theDatabaseItselfRefusesASecondBooking() {
    Restaurant bistro = restaurant(2);
    done(ask("make_reservation", callTo(bistro), wish("19:00", 2)));

    Mono<Long> again =
        database
            .sql(
                """
                INSERT INTO reservation (id, code, restaurant_id, table_id, guest_name, guest_phone, party_size, period,
                  made_by, api_key)
                SELECT gen_random_uuid(), 'ZZZZZZ', restaurant_id, table_id, 'X', '12345', 1,
                  tstzrange(upper(period) - interval '1 minute', upper(period) + interval '1 hour'), 'API', 'x'
                FROM reservation WHERE restaurant_id = :id
                """)
            .bind("id", bistro.id())
            .fetch()
            .rowsUpdated();

    assertThat(
            again
                .map(_ -> "stored")
                .onErrorResume(e -> Mono.just(String.valueOf(e.getMessage())))
                .block(Callbridge.SOON))
        .contains("reservation_table_once");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'date':'2027-02-30','time':'19:00','party_size':2,'guest_name':'A'}",
        "{'date':'tomorrow','time':'19:00','party_size':2,'guest_name':'A'}",
        "{'date':'9999-12-31','time':'19:00','party_size':2,'guest_name':'A'}",
        "{'date':'DAY','time':'25:00','party_size':2,'guest_name':'A'}",
        "{'date':'DAY','time':'19:00','party_size':-2147483648,'guest_name':'A'}",
        "{'date':'DAY','time':'19:00','party_size':1e9,'guest_name':'A'}",
        "{'date':'DAY','time':'19:00','party_size':99999999999999,'guest_name':'A'}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'A\\u0000B'}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'A\\ud800'}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'\\u202Eevil'}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'   '}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':['A']}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'A','phone':'call me'}",
        "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'A','phone':'++49301234567'}",
      })
  void whatMakesNoSenseIsRefusedInWordsAndBooksNothing(String arguments) {
    Restaurant bistro = restaurant(2);

    ToolResult result =
        ask("make_reservation", callTo(bistro), arguments.replace("DAY", day.toString()));

    assertThat(result.isError()).isTrue();
    assertThat(result.text()).isNotEqualTo(Acts.NOT_NOW).endsWith(".");
    assertThat(booked(bistro)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Robert'); DROP TABLE reservation;--",
        "{{system__time}}",
        "<Say>hi</Say>",
        "名前 😀"
      })
  void aNameIsOnlyAName(String name) {
    Restaurant bistro = restaurant(2);
    String arguments =
        JSON.createObjectNode()
            .put("date", day.toString())
            .put("time", "19:00")
            .put("party_size", 2)
            .put("guest_name", name)
            .toString();
    Tool make =
        tools.stream().filter(it -> it.name().equals("make_reservation")).findFirst().orElseThrow();

    ToolResult result =
        Objects.requireNonNull(
            make.run(new ToolRequest(callTo(bistro), "one", JSON.readTree(arguments)))
                .block(Callbridge.SOON));

    assertThat(done(result).path("guest_name").asString()).isEqualTo(name);
  }

  @Test
  void aHiddenNumberIsAskedFor() {
    ToolResult result =
        ask("make_reservation", callFrom("anonymous", restaurant(2)), wish("19:00", 2));

    assertThat(result.text()).isEqualTo("Ask for a telephone number first.");
  }

  @Test
  void everySchemaIsAnObject() {
    assertThat(tools)
        .filteredOn(it -> it.getClass().getPackageName().endsWith("reservations"))
        .allSatisfy(it ->
            assertThat(JSON.readTree(it.parameters()).path("type").asString()).isEqualTo("object"));
  }
}
