package dev.callbridge.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.r2dbc.core.DatabaseClient;

/// A database that was restored on another server has evidence of transactions yet to come there.
@CallbridgeTest
final class RestoredDatabaseTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  @Autowired private DatabaseClient database;
  @Autowired private CallStore calls;

  @Test
  void evidenceOfTransactionsYetToComeIsPutBeforeThem() throws IOException {
    UUID call = UuidCreator.getTimeOrderedEpoch();
    calls.create(call, plan(), null).block(SOON);
    for (String xact : List.of("9000000000009", "9000000000001")) {
      database
          .sql(
              """
              INSERT INTO call_event (call_id, kind, source, source_key, at, xact)
              VALUES (:call, 'DTMF', 'TWILIO', :xact, now(), CAST(:xact AS xid8))
              """)
          .bind("call", call)
          .bind("xact", xact)
          .then()
          .block(SOON);
    }

    database
        .sql(
            new ClassPathResource("db/migration/afterMigrate__transactions.sql")
                .getContentAsString(UTF_8))
        .then()
        .block(SOON);

    EventLog log = new EventLog(database);
    EventLog.Page page = log.after(Position.START, call, 10).blockOptional(SOON).orElseThrow();
    assertThat(page.isHeldUp()).isFalse();
    assertThat(page.events())
        .extracting(logged -> logged.event().key())
        .containsExactly("9000000000009", "9000000000001");
  }

  private static CallPlan plan() {
    return Plans.inbound();
  }
}
