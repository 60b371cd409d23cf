package dev.callbridge.outbound;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlacing;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallQuotas;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.InstanceLease;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.QuotaExceededException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// How a call comes to be: looked at, stored, then dialled. What goes wrong before it is stored is
/// refused; afterwards it is the call's outcome.
@Component
class Placing implements CallPlacing {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private static final Duration LONGEST = Duration.ofSeconds(4);

  private final CallRequests requests;
  private final CallStore calls;
  private final CallQuotas quotas;
  private final TransactionalOperator transaction;
  private final EvidenceWriter evidence;
  private final Dialer dialer;
  private final LiveCalls live;
  private final InstanceLease lease;
  private final Fitness fitness;
  private final Clock clock = Clock.systemUTC();

  Placing(
      CallRequests requests,
      CallStore calls,
      CallQuotas quotas,
      TransactionalOperator transaction,
      EvidenceWriter evidence,
      Dialer dialer,
      LiveCalls live,
      InstanceLease lease,
      Fitness fitness) {
    this.requests = requests;
    this.calls = calls;
    this.quotas = quotas;
    this.transaction = transaction;
    this.evidence = evidence;
    this.dialer = dialer;
    this.live = live;
    this.lease = lease;
    this.fitness = fitness;
  }

  @Override
  public Mono<Call> place(
      UUID id, Order order, CallStore.Idempotency once, CallRights rights, Mono<Void> along) {
    return Mono.defer(() -> {
      CallPlan plan = requests.check(request(order), rights);
      checkRoom();
      Optional<Throwable> unfit = fitness.refusal(plan);
      if (unfit.isPresent()) {
        return Mono.error(unfit.get());
      }
      Mono<Call> both =
          quotas.create(id, plan, once, rights).flatMap(call -> along.thenReturn(call));
      return transaction
          .transactional(both)
          .timeout(LONGEST)
          .onErrorMap(QuotaExceededException.class, e -> refusal(e, rights))
          .flatMap(call -> dial(call, null));
    });
  }

  private static CallRequest request(Order order) {
    return new CallRequest(
        order.to(),
        order.assistant(),
        null,
        new LinkedHashMap<String, @Nullable Object>(order.variables()),
        null,
        null,
        null,
        null,
        null,
        null,
        new LinkedHashMap<String, @Nullable Object>(order.metadata()));
  }

  /// @throws ResponseStatusException when this instance is full
  void checkRoom() {
    if (!live.hasRoom()) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "as many calls are on as this instance carries");
    }
  }

  /// Without anything along.
  ///
  /// @param trace the `traceparent` of the request, as it came
  Mono<Call> place(
      CallPlan plan, CallStore.Idempotency once, CallRights rights, @Nullable String trace) {
    return quotas
        .create(Call.newId(), plan, once, rights)
        .onErrorMap(QuotaExceededException.class, e -> refusal(e, rights))
        .flatMap(call -> dial(call, trace));
  }

  private ErrorResponseException refusal(QuotaExceededException quota, CallRights rights) {
    return QuotaProblem.of(quota, rights.name(), clock.instant());
  }

  /// A request that has come before. Whoever answered it may not have got as far as to have it
  /// dialled: the database did what it was told, and was too late in saying so. To dial is a right
  /// that is given once, so asking for it again does no harm.
  Mono<Call> again(Call call) {
    if (call.truth().state() != CallState.CREATED) {
      return Mono.just(call);
    }
    return calls
        .append(event(call.id(), Kind.CREATED, created(call.plan(), null)))
        .doOnNext(stored -> {
          if (!dialer.dial(stored.id())) {
            LOG.warn("call {}: asked for again, and too many wait to be dialled", stored.id());
          }
        });
  }

  private Mono<Call> dial(Call call, @Nullable String trace) {
    LOG.info("call {}: created", call.id());
    return calls
        .append(event(call.id(), Kind.CREATED, created(call.plan(), trace)))
        .doOnNext(stored -> {
          if (!dialer.dial(stored.id())) {
            evidence.write(event(stored.id(), Kind.REJECTED, Map.of("reason", "too_many_waiting")));
          }
        });
  }

  private Map<String, String> created(CallPlan plan, @Nullable String trace) {
    Map<String, String> details = new TreeMap<>();
    details.put("instance", lease.id().toString());
    details.put("machineDetection", Boolean.toString(plan.machineDetection()));
    if (trace != null && CallEvent.isTrace(trace)) {
      details.put(CallEvent.TRACE, trace);
    }
    return details;
  }

  private CallEvent event(UUID id, Kind kind, Map<String, String> details) {
    return new CallEvent(id, kind, Source.API, kind.name(), clock.instant(), details);
  }
}
