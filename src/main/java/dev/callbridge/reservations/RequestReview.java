package dev.callbridge.reservations;

import dev.callbridge.reservations.Requests.Decision;
import dev.callbridge.reservations.ReservationRequest.DecidedBy;
import dev.callbridge.reservations.ReservationRequest.Status;
import dev.callbridge.reservations.UnsettledRequests.Analysed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looks after requests whose call is over. One that nobody said a word about goes to a person;
/// when the analysis of the call comes, its word counts, within what the guest allows.
///
/// Every instance does it. What one of them has done finds nothing more to do in another.
@Component
class RequestReview implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.reservations");
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int AT_A_TIME = 32;

  private final Requests requests;
  private final UnsettledRequests unsettled;
  private Disposable reviewing = Disposables.disposed();

  RequestReview(Requests requests, UnsettledRequests unsettled) {
    this.requests = requests;
    this.unsettled = unsettled;
  }

  Mono<Void> round() {
    return unsettled
        .leaveOver()
        .thenMany(unsettled.analysed(AT_A_TIME).collectList().flatMapIterable(found -> found))
        .concatMap(this::review)
        .then()
        .onErrorResume(e -> {
          LOG.warn("requests for reservations were not looked after: {}", e.getClass());
          return Mono.empty();
        });
  }

  private Mono<Void> review(Analysed it) {
    return Mono.justOrEmpty(decision(it))
        .flatMap(decision -> requests.decide(it.request(), decision))
        .then(unsettled.setAnalysed(it.request()))
        .then();
  }

  /// Null where the analysis says nothing, or nothing new.
  static @Nullable Decision decision(Analysed it) {
    ReservationRequest request = it.request();
    JsonNode collected = collected(it.collected());
    String status = value(collected, "reservation_status");
    boolean open = request.status() == Status.NEEDS_ATTENTION || request.status() == Status.CALLING;
    if (status.equals("confirmed")) {
      Instant at = at(collected, request);
      if (at == null) {
        return null;
      } else if (open && request.allows(at)) {
        return new Decision(Status.CONFIRMED, DecidedBy.ANALYSIS, null, at, null, null);
      } else if (open) {
        return attention("outside_bounds", at);
      }
      return request.status() == Status.DECLINED || !at.equals(request.agreedAt())
          ? attention("analysis_disagrees", at)
          : null;
    } else if (status.equals("declined")) {
      return open
          ? new Decision(Status.DECLINED, DecidedBy.ANALYSIS, "analysis", null, null, null)
          : request.status() == Status.CONFIRMED ? attention("analysis_disagrees", null) : null;
    }
    return null;
  }

  private static Decision attention(String reason, @Nullable Instant offered) {
    return new Decision(Status.NEEDS_ATTENTION, DecidedBy.ANALYSIS, reason, null, null, offered);
  }

  /// By the restaurant's clock; null where there is none that makes sense.
  private static @Nullable Instant at(JsonNode collected, ReservationRequest request) {
    try {
      return Times.at(
          Times.day(value(collected, "reservation_date"))
              .atTime(Times.time(value(collected, "reservation_time"))),
          request.zone());
    } catch (Refusal e) {
      return null;
    }
  }

  private static String value(JsonNode collected, String point) {
    return collected.path(point).path("value").asString("");
  }

  private static JsonNode collected(@Nullable String json) {
    try {
      return JsonMapper.shared().readTree(json == null ? "{}" : json);
    } catch (JacksonException e) {
      return JsonMapper.shared().createObjectNode();
    }
  }

  @Override
  public synchronized void start() {
    reviewing =
        Flux.interval(EVERY)
            .onBackpressureDrop()
            .concatMap(_ -> round(), 1)
            .subscribe(_ -> {}, e -> LOG.error("requests are no longer looked after", e));
  }

  @Override
  public synchronized void stop() {
    reviewing.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !reviewing.isDisposed();
  }

  /// Stops before the evidence writer does.
  @Override
  public int getPhase() {
    return 1;
  }
}
