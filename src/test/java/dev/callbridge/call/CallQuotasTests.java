package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.callbridge.call.CallRights.Quotas;
import dev.callbridge.call.QuotaExceededException.Quota;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/// Quotas hold however many ask at once, and through however many instances: here two stores with
/// connections of their own over one database.
@CallbridgeTest
final class CallQuotasTests {

  private static final Duration SOON = Callbridge.SOON;

  @Autowired private CallQuotas here;
  @Autowired private DatabaseClient database;

  private final String name = "quotas-" + UUID.randomUUID();
  private final ConnectionPool connections;
  private final CallQuotas elsewhere;

  CallQuotasTests(@Autowired R2dbcConnectionDetails details) {
    connections =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(
                    ConnectionFactories.get(details.getConnectionFactoryOptions()))
                .maxSize(8)
                .build());
    elsewhere = new CallQuotas(DatabaseClient.create(connections));
  }

  @BeforeEach
  void nothingIsThere() {
    assertThat(stored()).isZero();
  }

  @AfterEach
  void close() {
    database
        .sql(
            """
            UPDATE call SET state = 'ENDED', outcome = 'CANCELED', ended_by = 'OPERATOR', reason = 'test',
              ended_at = now() WHERE api_key = :name AND state <> 'ENDED'
            """)
        .bind("name", name)
        .then()
        .block(SOON);
    connections.dispose();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 1000, 1000, CONCURRENT_CALLS",
    "1000, 7, 1000, CALLS_PER_DAY",
    "1000, 1000, 7, CALLS_PER_DESTINATION_PER_DAY"
  })
  void ofAHundredAtOnceThroughTwoInstancesSevenAreStored(
      int concurrent, int perDay, int perDestination, Quota quota) {
    CallRights rights = rights(concurrent, perDay, perDestination);

    List<Object> answers =
        Objects.requireNonNull(
            Flux.range(0, 100)
                .flatMap(
                    i ->
                        place(i % 2 == 0 ? here : elsewhere, rights, "key-" + i)
                            // On a busy machine one may have to ask again, as a customer would.
                            .retryWhen(Retry.max(10).filter(TimeoutException.class::isInstance)),
                    100)
                .collectList()
                .block(SOON));

    assertThat(answers)
        .filteredOn(QuotaExceededException.class::isInstance)
        .hasSize(93)
        .allSatisfy(e -> assertThat(((QuotaExceededException) e).quota()).isEqualTo(quota));
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void aRepeatOfWhatWasAcceptedIsNeverRefused() {
    CallRights rights = rights(1, 1, 1);
    assertThat(place(here, rights, "first").block(SOON)).isInstanceOf(Call.class);

    StepVerifier.create(create(elsewhere, rights, "first")).expectComplete().verify(SOON);
    StepVerifier.create(create(elsewhere, rights, "second"))
        .expectError(QuotaExceededException.class)
        .verify(SOON);
  }

  @Test
  void aDayIsTheLast24HoursAndSaysWhenItHasRoomAgain() {
    CallRights rights = rights(100, 2, 100);
    Call first = (Call) Objects.requireNonNull(place(here, rights, "1").block(SOON));
    place(here, rights, "2").block(SOON);
    move(first, "23 hours");

    QuotaExceededException refused =
        (QuotaExceededException) Objects.requireNonNull(place(here, rights, "3").block(SOON));

    assertThat(refused.freesAt())
        .isCloseTo(Instant.now().plus(Duration.ofHours(1)), within(1, ChronoUnit.MINUTES));
    move(first, "25 hours");
    assertThat(place(here, rights, "4").block(SOON)).isInstanceOf(Call.class);
  }

  @Test
  void aCallThatIsOverMakesRoomForAnother() {
    CallRights rights = rights(1, 100, 100);
    Call first = (Call) Objects.requireNonNull(place(here, rights, "1").block(SOON));
    assertThat(place(here, rights, "2").block(SOON))
        .isInstanceOfSatisfying(
            QuotaExceededException.class, refused -> assertThat(refused.freesAt()).isNull());

    database
        .sql(
            """
            UPDATE call SET state = 'ENDED', outcome = 'BUSY', ended_by = 'CARRIER', reason = 'busy',
              ended_at = now() WHERE id = :id
            """)
        .bind("id", first.id())
        .then()
        .block(SOON);

    assertThat(place(here, rights, "3").block(SOON)).isInstanceOf(Call.class);
  }

  @Test
  void whatOneHasUsedIsNotTakenFromAnother() {
    place(here, rights(1, 1, 1), "1").block(SOON);
    CallRights other = new CallRights("other-" + name, null, new Quotas(1, 1, 1));

    Call call = (Call) Objects.requireNonNull(place(here, other, "2").block(SOON));

    database
        .sql("UPDATE call SET api_key = :name WHERE id = :id")
        .bind("name", name)
        .bind("id", call.id())
        .then()
        .block(SOON);
  }

  private CallRights rights(int concurrent, int perDay, int perDestination) {
    return new CallRights(name, null, new Quotas(concurrent, perDay, perDestination));
  }

  /// The call, or the quota that refuses it.
  private Mono<Object> place(CallQuotas quotas, CallRights rights, String key) {
    return create(quotas, rights, key)
        .cast(Object.class)
        .onErrorResume(QuotaExceededException.class, Mono::just);
  }

  private static Mono<Call> create(CallQuotas quotas, CallRights rights, String key) {
    byte[] hash = key.getBytes(StandardCharsets.UTF_8);
    var once = new CallStore.Idempotency(rights.name(), key, hash);
    return quotas.create(Call.newId(), plan(), once, rights);
  }

  private void move(Call call, String ago) {
    database
        .sql("UPDATE call SET created_at = now() - CAST(:ago AS interval) WHERE id = :id")
        .bind("ago", ago)
        .bind("id", call.id())
        .then()
        .block(SOON);
  }

  private long stored() {
    return Objects.requireNonNull(
        database
            .sql("SELECT count(*) AS n FROM call WHERE api_key = :name")
            .bind("name", name)
            .map(row -> CallRows.required(row, "n", Long.class))
            .one()
            .block(SOON));
  }

  private static CallPlan plan() {
    return Plans.outbound();
  }
}
