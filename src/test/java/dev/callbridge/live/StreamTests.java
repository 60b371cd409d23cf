package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.EventStream;
import dev.callbridge.testing.EventStream.Sent;
import dev.callbridge.testing.Plans;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@CallbridgeTest
final class StreamTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          100, Duration.ofMillis(100), Duration.ofSeconds(20), 4096, Duration.ofSeconds(1));

  private final Callbridge callbridge;
  private final CallStore calls;
  private final Transcripts transcripts;
  private final Subscribers subscribers;
  private final ConnectionFactory database;

  StreamTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired Transcripts transcripts,
      @Autowired Subscribers subscribers,
      @Autowired ConnectionFactory database) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.transcripts = transcripts;
    this.subscribers = subscribers;
    this.database = database;
  }

  @Test
  void aStreamBeginsWithTheCallsThatAreOnAndGoesOnWithWhatHappens() throws Exception {
    UUID call = create(Direction.OUTBOUND);
    append(call, Kind.DIAL_ACCEPTED, Map.of("CallSid", "CA1"));
    try (EventStream stream = open("").awaitReady()) {
      assertThat(stream.seen("snapshot"))
          .anySatisfy(sent -> {
            assertThat(sent.data().at("/call/id").asString()).isEqualTo(call.toString());
            assertThat(sent.data().at("/call/state").asString()).isEqualTo("DIALING");
          });

      append(call, Kind.CARRIER_STATUS, Map.of("CallStatus", "busy", "CallSid", "CA1"));

      stream.await(sent -> isOf(call, sent));
      Sent busy = eventsOf(call, stream.seen()).getFirst();
      assertThat(busy.data().at("/kind").asString()).isEqualTo("CARRIER_STATUS");
      assertThat(busy.data().at("/details/CallStatus").asString()).isEqualTo("busy");
      assertThat(busy.data().at("/stateBefore").asString()).isEqualTo("DIALING");
      assertThat(busy.data().at("/call/state").asString()).isEqualTo("ENDED");
      assertThat(busy.data().at("/call/outcome").asString()).isEqualTo("BUSY");
      assertThat(busy.data().at("/call/to").asString()).isEqualTo("+15550002000");
      assertThat(busy.id()).isEqualTo(busy.data().at("/id").asString());
    }
  }

  @Test
  void aTransactionThatCommitsLateHoldsBackWhatCameAfterItAndLosesNothing() throws Exception {
    UUID slow = create(Direction.OUTBOUND);
    UUID quick = create(Direction.OUTBOUND);
    Connection late = Objects.requireNonNull(Mono.from(database.create()).block(SOON));
    try (EventStream stream = open("").awaitReady()) {
      run(late.beginTransaction());
      Flux.from(late.createStatement(insertOf(slow)).execute())
          .flatMap(Result::getRowsUpdated)
          .blockLast(SOON);
      append(quick, Kind.DTMF, Map.of("digit", "2"));
      assertThat(callbridge.events(quick)).hasSize(1);
      assertThat(eventsOf(quick, stream.seen())).isEmpty();

      run(late.commitTransaction());

      stream.await(sent -> isOf(quick, sent));
      assertThat(eventsOf(List.of(slow, quick), stream.seen()))
          .extracting(sent -> sent.data().at("/details/digit").asString())
          .containsExactly("1", "2");
    } finally {
      run(late.close());
    }
  }

  private static String insertOf(UUID call) {
    return """
    INSERT INTO call_event (call_id, kind, source, source_key, at, details)
    VALUES ('%s', 'DTMF', 'RELAY', 'late', now(), '{"digit": "1"}')
    """
        .formatted(call);
  }

  @Test
  void oneWhoHopsBetweenInstancesSeesEachEventOnceAndInOrder() throws Exception {
    List<UUID> all = IntStream.range(0, 30).mapToObj(_ -> create(Direction.INBOUND)).toList();
    try (SecondInstance second = new SecondInstance(database, SETTINGS)) {
      URI[] instances = {callbridge.settings().publicUrl("/api/v1/calls/stream"), second.url()};
      List<Sent> seen = new ArrayList<>();
      String lastId;
      try (EventStream first = EventStream.open(instances[1], "sandbox", "")) {
        lastId = first.awaitReady().lastId();
      }
      var writing =
          Flux.fromIterable(all)
              .flatMap(call -> Flux.range(0, 10).concatMap(n -> calls.append(dtmf(call, n))), 6)
              .then()
              .subscribeOn(Schedulers.boundedElastic())
              .toFuture();
      for (int hop = 0; !writing.isDone() || eventsOf(all, seen).size() < 300; hop++) {
        // A hop may see one event and no more.
        assertThat(hop).as("hops, with %s events seen", seen.size()).isLessThan(1_000);
        try (EventStream stream = EventStream.open(instances[hop % 2], "sandbox", lastId)) {
          Callbridge.eventually(
              () -> !stream.seen("event").isEmpty() || writing.isDone(), "nothing");
          stream.close();
          seen.addAll(stream.seen("event"));
          lastId = stream.lastId();
        }
      }

      assertThat(seen).extracting(Sent::id).doesNotHaveDuplicates();
      for (UUID call : all) {
        assertThat(eventsOf(call, seen))
            .extracting(sent -> sent.data().at("/details/n").asInt())
            .containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
      }
    }
  }

  private static CallEvent dtmf(UUID call, int n) {
    return new CallEvent(call, Kind.DTMF, Source.RELAY, "" + n, Instant.now(), Map.of("n", "" + n));
  }

  @Test
  void whenItsConnectionIsCutTheStreamGoesOnWithoutAGap() throws Exception {
    UUID call = create(Direction.OUTBOUND);
    try (EventStream stream = open("").awaitReady()) {
      append(call, Kind.DTMF, Map.of("digit", "1"));
      stream.await(sent -> isOf(call, sent));

      Long cut =
          DatabaseClient.create(database)
              .sql(
                  """
                  SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                  WHERE pid <> pg_backend_pid() AND query LIKE 'WITH horizon%'
                  """)
              .mapValue(Long.class)
              .one()
              .block(SOON);
      append(call, Kind.HANG_UP_REQUESTED, Map.of());

      assertThat(cut).isPositive();
      stream.await(sent -> sent.data().at("/kind").asString().equals("HANG_UP_REQUESTED"));
      assertThat(eventsOf(call, stream.seen())).hasSize(2);
    }
  }

  @Test
  void whatIsSaidIsSentAsItIsStoredAndMovesNoCursor() throws Exception {
    UUID call = create(Direction.INBOUND);
    try (EventStream stream = open("").awaitReady()) {
      transcripts.put(call, turn("Good morn")).block(SOON);
      stream.await(sent -> sent.name().equals("turn") && text(sent).equals("Good morn"));
      transcripts.put(call, turn("Good morning.")).block(SOON);
      stream.await(sent -> sent.name().equals("turn") && text(sent).equals("Good morning."));

      assertThat(stream.seen("turn")).allSatisfy(sent -> assertThat(sent.id()).isEmpty());
      assertThat(stream.seen("turn").getLast().data().at("/callId").asString())
          .isEqualTo(call.toString());
    }
  }

  private static Turn turn(String text) {
    return new Turn(0, Turn.Role.AGENT, text, text, null, false, Instant.now());
  }

  private static String text(Sent sent) {
    return sent.data().at("/text").asString();
  }

  @Test
  void filtersLetThroughWhatTheyNameAndTheEventThatLeavesIt() throws Exception {
    UUID inbound = create(Direction.INBOUND);
    UUID outbound = create(Direction.OUTBOUND);
    try (EventStream dialing =
            open("?state=DIALING&direction=OUTBOUND&assistant=default,other", "");
        EventStream one = openPath("/" + inbound + "/stream", "")) {
      dialing.awaitReady();
      one.awaitReady();
      append(inbound, Kind.DIAL_ACCEPTED, Map.of("CallSid", "CA2" + inbound));
      append(outbound, Kind.DIAL_ACCEPTED, Map.of("CallSid", "CA2" + outbound));
      append(outbound, Kind.CARRIER_STATUS, Map.of("CallStatus", "busy"));
      append(outbound, Kind.REPORTED, Map.of("conversation", "none"));
      append(inbound, Kind.HANG_UP_REQUESTED, Map.of());

      dialing.await(sent -> sent.data().at("/call/state").asString().equals("ENDED"));
      one.await(sent -> sent.data().at("/kind").asString().equals("HANG_UP_REQUESTED"));
      assertThat(eventsOf(outbound, dialing.seen())).hasSize(2);
      assertThat(eventsOf(inbound, dialing.seen())).isEmpty();
      assertThat(one.seen("event")).hasSize(2);
      assertThat(one.seen("snapshot")).hasSize(1);
    }
  }

  @Test
  void whatIsWrongWithARequestIsSaid() throws Exception {
    assertThat(get("", "x1")).contains("400 ", "Last-Event-ID 'x1' is not the id of an event");
    assertThat(get("?state=RINGIN", "")).contains("400 ", "state 'RINGIN' is not one of [CREATED");
    assertThat(get("?colour=red", ""))
        .contains("400 ", "colour is not a parameter here; those are");
  }

  @Test
  void anIdThatNobodyKnowsIsAnsweredByAResyncAndANewSnapshot() throws Exception {
    try (EventStream stream = open("999999999999").awaitReady()) {
      assertThat(stream.seen().getFirst().name()).isEqualTo("resync");
      assertThat(stream.seen().getFirst().data().at("/reason").asString())
          .isEqualTo("UNKNOWN_EVENT");
    }
  }

  @Test
  void aClientThatGoesIsForgotten() throws Exception {
    int before = subscribers.count();
    EventStream stream = open("").awaitReady();
    assertThat(subscribers.count()).isGreaterThan(before);

    stream.close();

    Callbridge.eventually(() -> subscribers.count() <= before, "a subscriber is left");
  }

  @Test
  void anInstanceThatStopsEndsItsStreams() throws Exception {
    SecondInstance second = new SecondInstance(database, SETTINGS);
    try (EventStream stream = EventStream.open(second.url(), "sandbox", "")) {
      stream.awaitReady();
      Callbridge.eventually(() -> stream.comments() > 0, "no heartbeat");

      second.close();

      Callbridge.eventually(stream::isOver, "the stream goes on");
    }
  }

  private UUID create(Direction direction) {
    UUID id = UuidCreator.getTimeOrderedEpoch();
    calls.create(id, plan(direction), null).block(SOON);
    return id;
  }

  private static CallPlan plan(Direction direction) {
    return direction == Direction.INBOUND ? Plans.inbound() : Plans.outbound();
  }

  private void append(UUID call, Kind kind, Map<String, String> details) {
    calls
        .append(
            new CallEvent(
                call, kind, Source.TWILIO, UUID.randomUUID().toString(), Instant.now(), details))
        .block(SOON);
  }

  private static void run(Publisher<Void> step) {
    Mono.from(step).block(SOON);
  }

  private static boolean isOf(UUID call, Sent sent) {
    return sent.name().equals("event")
        && sent.data().at("/call/id").asString().equals(call.toString());
  }

  private static List<Sent> eventsOf(UUID call, List<Sent> seen) {
    return seen.stream().filter(sent -> isOf(call, sent)).toList();
  }

  private static List<Sent> eventsOf(List<UUID> calls, List<Sent> seen) {
    return seen.stream().filter(sent -> calls.stream().anyMatch(call -> isOf(call, sent))).toList();
  }

  private EventStream open(String lastId) throws Exception {
    return open("", lastId);
  }

  private EventStream open(String query, String lastId) throws Exception {
    return openPath("/stream" + query, lastId);
  }

  private EventStream openPath(String path, String lastId) throws Exception {
    return EventStream.open(
        callbridge.settings().publicUrl("/api/v1/calls" + path), "sandbox", lastId);
  }

  private String get(String query, String lastId) throws Exception {
    var request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl("/api/v1/calls/stream" + query))
            .timeout(SOON)
            .header("X-API-Key", "sandbox");
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
