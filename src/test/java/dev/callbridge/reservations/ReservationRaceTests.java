package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Tool calls that come more than once, at the same time and on two instances: one reservation.
@CallbridgeTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReservationRaceTests {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final int FEW = 60;
  private static final int MANY = 1_000;

  /// Seatings of a day that do not touch, and tables: so many guests of a day do not meet.
  private static final List<String> SEATINGS = List.of("17:00", "19:00", "21:00");

  private static final int TABLES = 5;

  private final Restaurants restaurants;
  private final CallStore calls;
  private final DatabaseClient database;
  private final TwoInstances instances;

  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);

  ReservationRaceTests(
      @Autowired Restaurants restaurants,
      @Autowired CallStore calls,
      @Autowired DatabaseClient database,
      @Autowired ConnectionFactory connections) {
    this.restaurants = restaurants;
    this.calls = calls;
    this.database = database;
    instances = new TwoInstances(connections, calls);
  }

  @AfterAll
  void close() {
    instances.close();
  }

  @Test
  void repeatsOfOneToolCallAreOneReservationAndOneAnswer() {
    repeats(FEW);
  }

  @Test
  @Tag("faults")
  void aThousandRepeatsOfOneToolCallAreOneReservation() {
    repeats(MANY);
  }

  /// Of one table: who is late finds it taken, by the same tool call.
  private void repeats(int count) {
    Restaurant bistro = restaurant(2);
    ToolRequest request = request(callTo(bistro), "tool-call-1", day, "19:00");

    Set<String> answers =
        Flux.range(0, count)
            .flatMap(i -> instances.insist(i % 2, request), 32)
            .map(ReservationRaceTests::code)
            .collect(Collectors.toSet())
            .block(LONG);

    assertThat(answers).hasSize(1);
    assertThat(booked(bistro)).isEqualTo(1);
  }

  @Test
  void guestsWhoWantOneTableAreOneReservation() {
    guests(FEW);
  }

  @Test
  @Tag("faults")
  void aThousandGuestsWhoWantOneTableAreOneReservation() {
    guests(MANY);
  }

  private void guests(int count) {
    Restaurant bistro = restaurant(2);
    UUID call = callTo(bistro);

    List<ToolResult> answers =
        Objects.requireNonNull(
            Flux.range(0, count)
                .flatMap(
                    i ->
                        instances.insist(
                            i % 2, request(call, "guest-" + i, day, i % 4 < 2 ? "19:00" : "19:15")),
                    32)
                .collectList()
                .block(LONG));

    assertThat(answers).filteredOn(it -> !it.isError()).hasSize(1);
    assertThat(answers)
        .filteredOn(ToolResult::isError)
        .hasSize(count - 1)
        .allMatch(it -> it.text().startsWith("No table for 2 people"));
    assertThat(booked(bistro)).isEqualTo(1);
  }

  @Test
  void aToolCallThatIsLostOnOneInstanceAndAskedAgainOnTheOtherIsOneReservation() {
    reconnects(FEW);
  }

  @Test
  @Tag("faults")
  void aThousandLostToolCallsAskedAgainOnTheOtherInstanceAreOneReservationEach() {
    reconnects(MANY);
  }

  /// In each race an agent asks one instance and is gone before it is answered, and then asks both,
  /// twice each. Where it was gone, and how far its tool call had come by then, differs.
  private void reconnects(int races) {
    Restaurant bistro = restaurant(IntStream.range(0, TABLES).map(_ -> 2).toArray());
    UUID call = callTo(bistro);

    List<Set<String>> codes =
        Objects.requireNonNull(
            Flux.range(0, races)
                .flatMap(race -> race(race, lost(call, race)), 8)
                .collectList()
                .block(LONG));

    assertThat(codes).hasSize(races).allSatisfy(of -> assertThat(of).hasSize(1));
    assertThat(codes.stream().flatMap(Set::stream).distinct()).hasSize(races);
    assertThat(booked(bistro)).isEqualTo(races);
  }

  private Mono<Set<String>> race(int race, ToolRequest request) {
    Mono<ToolResult> gone =
        instances.ask(race % 2, request).timeout(Duration.ofMillis(race % 16), Mono.empty());
    return gone.thenMany(Flux.range(0, 4).flatMap(i -> instances.insist(i % 2, request)))
        .map(ReservationRaceTests::code)
        .collect(Collectors.toSet());
  }

  /// So spread over days, seatings and tables that there is room for each race's one guest.
  private ToolRequest lost(UUID call, int race) {
    int ofTheDay = SEATINGS.size() * TABLES;
    return request(
        call, "race-" + race, day.plusDays(race / ofTheDay), SEATINGS.get(race % SEATINGS.size()));
  }

  private static ToolRequest request(UUID call, String toolCall, LocalDate date, String time) {
    return new ToolRequest(
        call,
        toolCall,
        JSON.createObjectNode()
            .put("date", date.toString())
            .put("time", time)
            .put("party_size", 2)
            .put("guest_name", "John Smith"));
  }

  private Restaurant restaurant(int... seats) {
    return Objects.requireNonNull(restaurants.create(Bistro.with(seats)).block(Callbridge.SOON));
  }

  private UUID callTo(Restaurant restaurant) {
    UUID id = Call.newId();
    calls.create(id, Bistro.called("+15550009999", restaurant), null).block(Callbridge.SOON);
    return id;
  }

  private static String code(ToolResult result) {
    assertThat(result.isError()).as(result.text()).isFalse();
    return JSON.readTree(result.text()).path("code").asString();
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
}
