package dev.callbridge.aftercall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.aftercall.AfterCallSettings.Schedule;
import dev.callbridge.aftercall.Tasks.Kind;
import dev.callbridge.aftercall.Tasks.Task;
import dev.callbridge.call.Call;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/// Each is asked for by one instance at a time, less and less often, and not for ever.
@CallbridgeTest
final class TasksTests {

  private static final Duration SOON = Callbridge.SOON;

  /// Due at once, then out of reach for longer than the test lasts.
  private static final Schedule ONCE =
      new Schedule(Duration.ZERO, Duration.ofHours(1), Duration.ofHours(8), Duration.ofDays(1));

  private final Tasks tasks;
  private final AfterCallWork work;
  private final DatabaseClient database;
  private final UUID call = Call.newId();

  TasksTests(
      @Autowired Tasks tasks, @Autowired AfterCallWork work, @Autowired DatabaseClient database) {
    this.tasks = tasks;
    this.work = work;
    this.database = database;
  }

  @BeforeEach
  void nobodyElseWorks() {
    work.stop();
    sql("UPDATE after_call_task SET state = 'GIVEN_UP' WHERE state = 'OPEN'");
    sql(
        "INSERT INTO call (id, direction, assistant, from_number, to_number, ring_timeout_seconds,"
            + " max_duration_seconds) VALUES (:call, 'INBOUND', 'default', '+1', '+2', 60, 60)");
    for (int i = 0; i < 50; i++) {
      sql(
          "INSERT INTO after_call_task (call_id, kind, key) VALUES (:call, 'REPORT', 'conv_"
              + i
              + "')");
    }
  }

  @AfterEach
  void workGoesOn() {
    sql("DELETE FROM after_call_task WHERE call_id = :call");
    work.start();
  }

  @Test
  void manyInstancesShareTheWorkAndNoneIsDoneTwice() {
    List<Task> claimed =
        Objects.requireNonNull(
            Flux.merge(
                    IntStream.range(0, 8)
                        .mapToObj(_ -> tasks.claim(Kind.REPORT, ONCE, 10).collectList())
                        .toList())
                .flatMapIterable(batch -> batch)
                .collectList()
                .block(SOON));

    assertThat(claimed).hasSize(50);
    assertThat(new HashSet<>(claimed)).hasSize(50);
    assertThat(tasks.claim(Kind.REPORT, ONCE, 10).collectList().block(SOON)).isEmpty();
    assertThat(tasks.claim(Kind.PRICE, ONCE, 10).collectList().block(SOON)).isEmpty();
  }

  @Test
  void nothingIsAskedForBeforeItsTime() {
    Schedule later =
        new Schedule(Duration.ofSeconds(3), Duration.ZERO, Duration.ZERO, Duration.ofDays(1));

    assertThat(tasks.claim(Kind.REPORT, later, 100).collectList().block(SOON)).isEmpty();

    sql(
        "UPDATE after_call_task SET created_at = now() - interval '3 seconds' WHERE call_id = :call");
    assertThat(tasks.claim(Kind.REPORT, later, 100).collectList().block(SOON)).hasSize(50);
  }

  @Test
  void attemptsGrowRareUpToALimit() {
    long[] minutes = {60, 120, 240, 480, 480};
    for (int attempt = 0; attempt < minutes.length; attempt++) {
      Task task =
          Objects.requireNonNull(
              tasks.claim(Kind.REPORT, ONCE, 100).filter(this::isFirst).blockLast(SOON));
      assertThat(task.attempt()).isEqualTo(attempt + 1);
      assertThat(minutesToNext()).isEqualTo(minutes[attempt]);
      sql("UPDATE after_call_task SET next_attempt_at = now() WHERE call_id = :call");
    }
  }

  @Test
  void whatIsDoneOrGivenUpIsNotAskedForAgain() {
    Schedule again =
        new Schedule(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(3));
    List<Task> all =
        Objects.requireNonNull(tasks.claim(Kind.REPORT, again, 100).collectList().block(SOON));
    tasks.done(all.get(0)).block(SOON);
    tasks.giveUp(all.get(1)).block(SOON);
    assertThat(tasks.claim(Kind.REPORT, again, 100).collectList().block(SOON)).hasSize(48);

    sql(
        "UPDATE after_call_task SET created_at = now() - interval '4 seconds' WHERE call_id = :call");
    assertThat(tasks.expire(Kind.REPORT, again).block(SOON)).isEqualTo(48);
    assertThat(tasks.claim(Kind.REPORT, again, 100).collectList().block(SOON)).isEmpty();
  }

  private boolean isFirst(Task task) {
    return task.key().equals("conv_0");
  }

  private long minutesToNext() {
    return Objects.requireNonNull(
        database
            .sql(
                """
                SELECT CAST(round(extract(epoch FROM next_attempt_at - now()) / 60) AS bigint)
                FROM after_call_task WHERE call_id = :call AND key = 'conv_0'
                """)
            .bind("call", call)
            .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
            .one()
            .block(SOON));
  }

  private void sql(String statement) {
    var bound = database.sql(statement);
    (statement.contains(":call") ? bound.bind("call", call) : bound).then().block(SOON);
  }
}
