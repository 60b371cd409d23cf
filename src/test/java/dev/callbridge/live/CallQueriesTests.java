package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CallbridgeTest
final class CallQueriesTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Callbridge callbridge;
  private final CallStore calls;
  private final Transcripts transcripts;

  CallQueriesTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired Transcripts transcripts) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.transcripts = transcripts;
  }

  @Test
  void pagesLeadFromTheNewestCallToTheOldestWithoutAGap() throws Exception {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      created.add(create().toString());
    }
    Collections.reverse(created);

    List<String> listed = new ArrayList<>();
    String before = "";
    while (listed.size() < created.size()) {
      JsonNode page = get("/api/v1/calls?limit=3" + before);
      assertThat(page.path("calls").size()).isBetween(1, 3);
      page.path("calls").forEach(call -> listed.add(call.path("id").asString()));
      before = "&before=" + page.path("next").asString("");
    }

    assertThat(listed.subList(0, created.size())).isEqualTo(created);
  }

  @Test
  void theLastPageHasNoNext() throws Exception {
    UUID oldest = new UUID(0, System.nanoTime());
    calls.create(oldest, plan(Map.of()), null).block(SOON);
    JsonNode page =
        get("/api/v1/calls?before=" + new UUID(0, oldest.getLeastSignificantBits() + 1));

    assertThat(page.path("calls").get(0).path("id").asString()).isEqualTo(oldest.toString());
    assertThat(page.path("next").isNull()).isTrue();
  }

  @Test
  void aCallThatHasOnlyBeenCreatedSaysNothingMore() throws Exception {
    UUID id = create();

    JsonNode call = get("/api/v1/calls/" + id);

    assertThat(call.path("state").asString()).isEqualTo("CREATED");
    assertThat(call.path("outcome").isNull()).isTrue();
    assertThat(call.path("timings").path("ended").isNull()).isTrue();
    assertThat(get("/api/v1/calls/" + id + "/events").path("events").size()).isZero();
    assertThat(get("/api/v1/calls/" + id + "/transcript").path("turns").size()).isZero();
  }

  @Test
  void aCallComesWithItsTimelineAndWhatWasSaid() throws Exception {
    UUID id = create();
    Instant created = calls.find(id).map(Call::created).blockOptional(SOON).orElseThrow();
    append(id, Kind.CARRIER_STATUS, created.plusMillis(250), Map.of("CallStatus", "ringing"));
    append(id, Kind.DIAL_ACCEPTED, created.plusMillis(100), Map.of("CallSid", "CA" + id));
    transcripts
        .put(id, new Turn(0, Turn.Role.CALLER, "Hello", "Hello", null, false, created))
        .block(SOON);

    JsonNode call = get("/api/v1/calls/" + id);

    assertThat(call.at("/state").asString()).isEqualTo("RINGING");
    assertThat(call.at("/timeline/0/kind").asString()).isEqualTo("DIAL_ACCEPTED");
    assertThat(call.at("/timeline/0/offsetMs").asLong()).isEqualTo(100);
    assertThat(call.at("/timeline/1/offsetMs").asLong()).isEqualTo(250);
    assertThat(call.at("/transcript/0/text").asString()).isEqualTo("Hello");
    assertThat(call.at("/_links/stream").asString()).isEqualTo("/api/v1/calls/" + id + "/stream");
  }

  @Test
  void filtersNarrowTheListAndTheFile() throws Exception {
    String order = UUID.randomUUID().toString();
    UUID ours = create(Map.of("order", order, "attempt", 3));
    UUID busy = create(Map.of("order", order, "attempt", 4));
    create();
    append(busy, Kind.CARRIER_STATUS, Instant.now(), Map.of("CallStatus", "busy"));
    String both = "/api/v1/calls?metadata.order=" + order;

    assertThat(ids(both)).containsExactly(busy.toString(), ours.toString());
    assertThat(ids(both + "&metadata.attempt=3")).containsExactly(ours.toString());
    assertThat(ids(both + "&state=CREATED,RINGING")).containsExactly(ours.toString());
    assertThat(ids(both + "&outcome=BUSY")).containsExactly(busy.toString());
    assertThat(ids(both + "&number=%2B15550002000&direction=OUTBOUND&assistant=default"))
        .hasSize(2);
    assertThat(ids(both + "&number=+15550002009")).isEmpty();
    assertThat(ids(both + "&from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00%2B02:00"))
        .isEmpty();
    assertThat(ids(both + "&until=2999-01-01T00:00:00Z")).hasSize(2);

    String file = text("/api/v1/calls/export?metadata.order=" + order);
    assertThat(file.lines()).hasSize(3).first().asString().startsWith("id,direction,assistant,");
    assertThat(file)
        .contains("\r\n" + busy + ",OUTBOUND,default,+15550001000,+15550002000,ENDED,BUSY");
  }

  @Test
  void aFileHasAllCallsHoweverManyPagesTheyAre() throws Exception {
    String batch = UUID.randomUUID().toString();
    for (int i = 0; i < 203; i++) {
      create(Map.of("batch", batch));
    }

    assertThat(text("/api/v1/calls/export?metadata.batch=" + batch).lines().distinct())
        .hasSize(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/calls?state=DONE | state 'DONE' is not one of [CREATED",
        "/calls?outcome= | outcome '' is not one of [COMPLETED",
        "/calls?number=5x | number '5x' is not a number such as",
        "/calls?from=yesterday | from 'yesterday' is not a time such as",
        "/calls?limit=0 | limit '0' is not from 1 to 200",
        "/calls?limit=1&limit=2 | limit is there 2 times",
        "/calls?before=7 | before '7' is not the id of a call",
        "/calls?colour=red | colour is not a parameter here; those are assistant, before",
        "/calls/export?limit=3 | limit is not a parameter here",
        "/calls/7 | id '7' is not a UUID"
      })
  void whatIsWrongWithAQueryIsSaidByName(String path, String detail) throws Exception {
    JsonNode problem = get("/api/v1" + path);

    assertThat(problem.at("/status").asInt()).isEqualTo(400);
    assertThat(problem.at("/detail").asString()).startsWith(detail);
    assertThat(detail).startsWith(problem.at("/errors/0/field").asString());
  }

  private List<String> ids(String path) throws Exception {
    List<String> ids = new ArrayList<>();
    get(path).at("/calls").forEach(call -> ids.add(call.at("/id").asString()));
    return ids;
  }

  private void append(UUID call, Kind kind, Instant at, Map<String, String> details) {
    calls.append(new CallEvent(call, kind, Source.TWILIO, kind.name(), at, details)).block(SOON);
  }

  private UUID create() {
    return create(Map.of());
  }

  private UUID create(Map<String, Object> metadata) {
    UUID id = UuidCreator.getTimeOrderedEpoch();
    calls.create(id, plan(metadata), null).block(SOON);
    return id;
  }

  private static CallPlan plan(Map<String, Object> metadata) {
    return Plans.outbound(metadata);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return new JsonMapper().readTree(text(path));
  }

  private String text(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
            .header("X-API-Key", "sandbox")
            .timeout(SOON)
            .build();
    return http.send(request, BodyHandlers.ofString()).body();
  }
}
