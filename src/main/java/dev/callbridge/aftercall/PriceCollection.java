package dev.callbridge.aftercall;

import dev.callbridge.aftercall.AfterCallSettings.Schedule;
import dev.callbridge.aftercall.Tasks.Kind;
import dev.callbridge.aftercall.Tasks.Task;
import dev.callbridge.twilio.CallStatus;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.TwilioRestException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Fetches what Twilio charges, which it knows some time after a call's end.
@Component
class PriceCollection {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// Calls to be dialled and hung up go over the same few threads, and go first.
  private static final int CONCURRENCY = 2;

  private static final int BATCH = 20;

  /// Twilio's own deadline, and the wait for one of those threads.
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Tasks tasks;
  private final TwilioCalls twilio;
  private final DatabaseClient database;
  private final Schedule schedule;

  PriceCollection(
      Tasks tasks, TwilioCalls twilio, DatabaseClient database, AfterCallSettings settings) {
    this.tasks = tasks;
    this.twilio = twilio;
    this.database = database;
    this.schedule = settings.price().schedule();
  }

  Mono<Void> round() {
    return tasks
        .claim(Kind.PRICE, schedule, BATCH)
        .flatMap(this::collect, CONCURRENCY)
        .then(tasks.expire(Kind.PRICE, schedule))
        .doOnNext(given -> {
          if (given > 0) {
            LOG.warn("{} calls have no price and are given up: their cost stays estimated", given);
          }
        })
        .then();
  }

  private Mono<Void> collect(Task task) {
    return twilio
        .fetch(task.key())
        .timeout(TIMEOUT)
        .flatMap(found -> conclude(task, found))
        .onErrorResume(e -> {
          LOG.warn(
              "call {}: attempt {} to fetch its price failed: {}",
              task.callId(),
              task.attempt(),
              e.toString());
          return isHopeless(e) ? tasks.giveUp(task) : Mono.empty();
        });
  }

  private static boolean isHopeless(Throwable e) {
    return e instanceof TwilioRestException twilio && twilio.status() == 404;
  }

  private Mono<Void> conclude(Task task, TwilioCalls.Found found) {
    @Nullable BigDecimal amount = amount(found.price());
    if (amount != null) {
      String currency = found.currency() == null ? "USD" : found.currency();
      return store(task.callId(), amount, currency).then(tasks.done(task));
    }
    CallStatus status = found.status();
    boolean unanswered = status != null && status.isTerminal() && status != CallStatus.COMPLETED;
    return unanswered ? tasks.done(task) : Mono.empty();
  }

  /// Twilio writes what it takes as a negative number.
  static @Nullable BigDecimal amount(@Nullable String price) {
    return price != null && price.matches("-?[0-9]{1,9}(\\.[0-9]{1,10})?")
        ? new BigDecimal(price).abs()
        : null;
  }

  private Mono<Void> store(UUID callId, BigDecimal amount, String currency) {
    return database
        .sql(
            """
            INSERT INTO call_price (call_id, amount, currency) VALUES (:call, :amount, :currency)
            ON CONFLICT (call_id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency
            """)
        .bind("call", callId)
        .bind("amount", amount)
        .bind("currency", currency)
        .then()
        .timeout(Tasks.TIMEOUT);
  }
}
