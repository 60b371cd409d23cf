package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.EvidenceEntry.Happened;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;

@CallbridgeTest
final class EvidenceStoreTests {

  private static final Duration SOON = Duration.ofSeconds(30);

  @Autowired private CallStore calls;
  @Autowired private EvidenceStore store;
  @Autowired private MeterRegistry meters;

  private UUID call() {
    UUID id = Call.newId();
    calls.create(id, Plans.outbound(), null).block(SOON);
    return id;
  }

  private static EvidenceEntry status(UUID call, String status) {
    return new Happened(
        new CallEvent(
            call,
            Kind.CARRIER_STATUS,
            Source.TWILIO,
            status,
            Instant.now(),
            Map.of("CallStatus", status)));
  }

  private static EvidenceEntry pressed(UUID call, String session) {
    return new Happened(
        new CallEvent(
            call,
            Kind.DTMF,
            Source.RELAY,
            session + ":0",
            Instant.now(),
            Map.of("digit", "1", "session", session)));
  }

  private Call find(UUID id) {
    return Objects.requireNonNull(calls.find(id).block(SOON));
  }

  private List<String> keys(UUID id) {
    return Objects.requireNonNull(calls.events(id).map(CallEvent::key).collectList().block(SOON));
  }

  private double lost() {
    return meters.counter(EvidenceStore.LOST).count();
  }

  @Test
  void manyCallsAreWrittenTogetherAndEachFollowsFromItsOwn() {
    UUID busy = call();
    UUID silent = call();
    UUID ringing = call();

    store
        .put(
            List.of(
                status(busy, "ringing"),
                status(silent, "ringing"),
                status(ringing, "ringing"),
                status(silent, "no-answer"),
                status(busy, "busy")))
        .block(SOON);

    assertThat(find(busy).truth().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(find(silent).truth().outcome()).isEqualTo(Outcome.NO_ANSWER);
    assertThat(find(ringing).truth().state()).isEqualTo(CallState.RINGING);
    assertThat(keys(busy)).containsExactly("ringing", "busy");
    assertThat(keys(silent)).containsExactly("ringing", "no-answer");
  }

  @Test
  void whatTheDatabaseRefusesOfOneCallTakesNoOtherAlong() {
    UUID good = call();
    UUID bad = call();
    double lost = lost();

    store
        .put(
            List.of(
                status(good, "ringing"),
                pressed(bad, "one"),
                status(good, "busy"),
                pressed(good, "1")))
        .block(SOON);

    assertThat(find(good).truth().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(keys(good)).containsExactly("ringing", "busy", "1:0");
    assertThat(keys(bad)).isEmpty();
    assertThat(lost() - lost).isEqualTo(1);
  }

  @Test
  void aCallThatIsNotKnownTakesNoOtherAlong() {
    UUID known = call();

    store.put(List.of(status(Call.newId(), "busy"), status(known, "busy"))).block(SOON);

    assertThat(find(known).truth().outcome()).isEqualTo(Outcome.BUSY);
  }

  /// As several instances do that have the same calls' evidence, each in an order of its own.
  @Test
  void thoseWhoWriteTheSameCallsAtOnceDoNotLockEachOtherOut() {
    List<UUID> ids = Stream.generate(this::call).limit(10).toList();
    double lost = lost();

    Flux.range(0, 20)
        .flatMap(
            writer -> {
              List<UUID> own = new ArrayList<>(ids);
              Collections.shuffle(own, new Random(writer));
              return store.put(
                  own.stream()
                      .flatMap(
                          id -> Stream.of(status(id, "ringing"), pressed(id, "" + (writer + 1))))
                      .toList());
            },
            8)
        .then()
        .block(SOON);

    assertThat(ids).allSatisfy(id -> assertThat(keys(id)).hasSize(21));
    assertThat(lost()).isEqualTo(lost);
  }
}
