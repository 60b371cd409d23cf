package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CallbridgeTest
final class CallQueriesTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Callbridge callbridge;
  private final CallStore calls;

  CallQueriesTests(@Autowired Callbridge callbridge, @Autowired CallStore calls) {
    this.callbridge = callbridge;
    this.calls = calls;
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
    calls.create(oldest, plan(), null).block(SOON);
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

  private UUID create() {
    UUID id = UuidCreator.getTimeOrderedEpoch();
    calls.create(id, plan(), null).block(SOON);
    return id;
  }

  private static CallPlan plan() {
    return new CallPlan(
        Direction.OUTBOUND,
        "default",
        "+15550001000",
        "+15550002000",
        Map.of(),
        null,
        null,
        null,
        false,
        Duration.ofSeconds(60),
        Duration.ofMinutes(5),
        Map.of());
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
            .header("X-API-Key", "sandbox")
            .timeout(SOON)
            .build();
    return new JsonMapper().readTree(http.send(request, BodyHandlers.ofString()).body());
  }
}
