package dev.callbridge.reservations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.Outcome;
import dev.callbridge.reservations.Http.Answer;
import dev.callbridge.reservations.ReservationRequest.DecidedBy;
import dev.callbridge.reservations.ReservationRequest.Status;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests for which a restaurant is called, with the sandbox's people picking up.
@CallbridgeTest
final class ReservationRequestTests {

  private static final String PATH = ReservationRequestsController.PATH;

  @Autowired private Callbridge callbridge;
  @Autowired private List<Tool> tools;
  @Autowired private DatabaseClient database;

  private Http http;
  private final LocalDate day = LocalDate.now(Bistro.BERLIN).plusDays(10);

  @BeforeEach
  void speak() {
    http = new Http(callbridge.settings());
  }

  /// With an agent that calls no tool.
  private String request(String number) {
    return """
    {'restaurantName':'Chez Nous','restaurantPhone':'%s','timeZone':'Europe/Berlin','guestName':'John Smith','partySize':4,
     'wantedAt':'%sT19:00','earliest':'%sT18:30','latest':'%sT20:00','assistant':'default'}
    """
        .formatted(number, day, day, day);
  }

  private ToolResult run(String name, UUID call, String arguments) {
    Tool tool = tools.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    var given = new JsonMapper().readTree(arguments.replace('\'', '"'));
    return Objects.requireNonNull(
        tool.run(new ToolRequest(call, UUID.randomUUID().toString(), given))
            .block(Callbridge.SOON));
  }

  private String at(String time) {
    return "{'date':'%s','time':'%s'}".formatted(day, time);
  }

  private Answer await(UUID id, String status) {
    Callbridge.eventually(
        () -> http.get(PATH + "/" + id).get("/status").equals(status), "not " + status);
    return http.get(PATH + "/" + id);
  }

  private static UUID call(Answer request) {
    return UUID.fromString(request.get("/callId"));
  }

  private long count(String sql) {
    return Objects.requireNonNull(
        database
            .sql(sql)
            .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
            .one()
            .block(Callbridge.SOON));
  }

  @Test
  void retriesOfOneRequestAreOneRequestAndOneCall() {
    String key = UUID.randomUUID().toString();
    String body = request("+15550002002");

    List<Answer> answers =
        Objects.requireNonNull(
            Flux.range(0, 12)
                .flatMap(_ -> insist(body, key), 4)
                .collectList()
                .block(Callbridge.SOON));

    assertThat(answers).allMatch(it -> it.status() == 202, "202");
    assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);
    UUID id = answers.getFirst().id();
    assertThat(
            count(
                "SELECT count(*) FROM call WHERE metadata->>'reservationRequest' = '%s'"
                    .formatted(id)))
        .isEqualTo(1);
    assertThat(http.now("POST", PATH, body.replace("Chez", "Ches"), key).status()).isEqualTo(409);
  }

  /// On a busy machine one may have to ask again, as a customer would.
  private Mono<Answer> insist(String body, String key) {
    return http.send("POST", PATH, body, key)
        .filter(it -> it.status() != 503)
        .repeatWhenEmpty(20, again -> again);
  }

  /// Four calls at the same time: what each request comes to is what was said, not that a call was.
  @Test
  void whatARequestComesToIsWhatSomebodySaid() {
    Answer confirmed = http.post(PATH, request("+15550002000"));
    Answer silent = http.post(PATH, request("+15550002000"));
    Answer outside = http.post(PATH, request("+15550002000"));
    Answer busy = http.post(PATH, request("+15550002001"));

    assertThat(run("propose_alternative", call(confirmed), at("19:30")).isError()).isFalse();
    assertThat(run("confirm_reservation", call(confirmed), at("19:30")).text())
        .contains("\"result\":\"confirmed\"");
    assertThat(run("propose_alternative", call(outside), at("21:00")).text())
        .contains("9:00 PM may not be agreed to")
        .contains("from");
    assertThat(run("confirm_reservation", call(outside), at("21:00")).isError()).isTrue();
    assertThat(
            run(
                    "confirm_reservation",
                    call(outside),
                    "{'date':'%s','time':'19:00','party_size':2}".formatted(day))
                .text())
        .contains("It has to be for 4 people");

    for (Answer it : List.of(confirmed, silent, outside, busy)) {
      callbridge.await(call(it), Call::isOver);
    }
    assertThat(await(confirmed.id(), "CONFIRMED").get("/agreedAt")).startsWith(day + "T19:30");
    assertThat(await(silent.id(), "NEEDS_ATTENTION").get("/reason"))
        .isEqualTo(reason(callbridge.await(call(silent), Call::isOver)));
    Answer left = await(outside.id(), "NEEDS_ATTENTION");
    assertThat(left.get("/reason")).isEqualTo("outside_bounds");
    assertThat(left.get("/offeredAt")).startsWith(day + "T21:00");
    assertThat(await(busy.id(), "NEEDS_ATTENTION").get("/reason")).isEqualTo("call_busy");

    // A person takes over: calls again, then settles what no agent may.
    String again = PATH + "/" + busy.id() + "/call";
    Answer called = http.now("POST", again, "", "again");
    assertThat(called.status()).isEqualTo(202);
    assertThat(call(called)).isNotEqualTo(call(busy));
    assertThat(call(http.now("POST", again, "", "again"))).isEqualTo(call(called));
    assertThat(http.post(PATH + "/" + confirmed.id() + "/call", "").status()).isEqualTo(409);
    assertThat(run("confirm_reservation", call(busy), at("19:00")).text())
        .contains("not about a reservation");

    Answer settled =
        http.patch(
            PATH + "/" + outside.id(),
            "{'status':'CONFIRMED','agreedAt':'%sT21:00'}".formatted(day));
    assertThat(settled.get("/decidedBy")).isEqualTo("PERSON");
    assertThat(run("decline_reservation", call(outside), "{'reason':'full'}").text())
        .contains("settled by a person");
  }

  /// The simulated guest hangs up early on a machine that is too busy to let it hear the agent.
  private static String reason(Call call) {
    Outcome outcome = Objects.requireNonNull(call.truth().outcome());
    return outcome == Outcome.COMPLETED
        ? "nothing_agreed"
        : "call_" + outcome.name().toLowerCase(Locale.ROOT);
  }

  @Test
  void whatMayNotBeCalledLeavesNoRequestBehind() {
    long before = count("SELECT count(*) FROM reservation_request");

    assertThat(http.post(PATH, request("+493012345678")).status()).isEqualTo(403);
    Answer unknown = http.post(PATH, request("+15550002000").replace("'default'", "'nobody'"));

    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.get("/errors/0/field")).isEqualTo("assistant");
    assertThat(count("SELECT count(*) FROM reservation_request")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'+15550002000'    | '15550002000'            | restaurantPhone",
        "Europe/Berlin     | +01:00                   | timeZone",
        "T18:30            | T19:30                   | earliest",
        "T20:00            | T18:00                   | latest",
        "T19:00            | Tseven                   | wantedAt",
        "'partySize':4     | 'partySize':0            | partySize",
        "'partySize':4     | 'partySize':'4'          | partySize",
        "John Smith        | \\u0000                  | guestName",
        "'guestName'       | 'gestName'               | gestName",
      })
  void whatIsWrongIsNamed(String right, String wrong, String field) {
    Answer answer = http.post(PATH, request("+15550002000").replace(right, wrong));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("errors").valueStream().map(it -> it.path("field").asString()))
        .contains(field);
  }

  @ParameterizedTest
  @CsvSource({
    "CALLING, confirmed, 19:30, CONFIRMED",
    "NEEDS_ATTENTION, confirmed, 19:30, CONFIRMED",
    "NEEDS_ATTENTION, confirmed, 21:00, NEEDS_ATTENTION",
    "NEEDS_ATTENTION, confirmed, late, ",
    "NEEDS_ATTENTION, declined, '', DECLINED",
    "NEEDS_ATTENTION, unknown, '', ",
    "CONFIRMED, declined, '', NEEDS_ATTENTION",
    "CONFIRMED, confirmed, 19:00, ",
    "CONFIRMED, confirmed, 19:30, NEEDS_ATTENTION",
    "DECLINED, confirmed, 19:00, NEEDS_ATTENTION",
  })
  void theAnalysisCountsWithinTheBoundsAndAgainstAnAgentOnlyAsADoubt(
      Status status, String said, String time, Status then) {
    var bound = day.atTime(19, 0).atZone(Bistro.BERLIN).toInstant();
    ReservationRequest request =
        new ReservationRequest(
            UUID.randomUUID(),
            "Chez Nous",
            "+15550002000",
            Bistro.BERLIN,
            "John",
            null,
            4,
            bound,
            bound,
            bound.plusSeconds(3600),
            null,
            "default",
            status,
            null,
            DecidedBy.TOOL,
            UUID.randomUUID(),
            status == Status.CONFIRMED ? bound : null,
            null,
            null,
            bound,
            bound);
    JsonNode collected =
        new JsonMapper()
            .readTree(
                """
                {"reservation_status":{"value":"%s"},"reservation_date":{"value":"%s"},"reservation_time":{"value":"%s"}}
                """
                    .formatted(said, day, time));

    var decision =
        RequestReview.decision(new UnsettledRequests.Analysed(request, collected.toString()));

    assertThat(decision == null ? null : decision.status()).isEqualTo(then);
  }
}
