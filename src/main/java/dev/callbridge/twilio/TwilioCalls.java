package dev.callbridge.twilio;

import com.twilio.base.Page;
import com.twilio.exception.ApiException;
import com.twilio.http.HttpMethod;
import com.twilio.http.TwilioRestClient;
import com.twilio.rest.api.v2010.account.Call;
import com.twilio.rest.api.v2010.account.CallCreator;
import com.twilio.type.PhoneNumber;
import com.twilio.type.Twiml;
import dev.callbridge.twilio.TwilioRestException.Kind;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/// Phone calls over Twilio's REST API, by the SDK.
///
/// The SDK blocks, so its calls run on a few threads of their own with a bounded queue before them.
/// Cancelling one of these does not undo it: a `create` that was sent has been sent.
@Component
public final class TwilioCalls implements DisposableBean {

  /// Twilio places one call a second by default; eight requests under way are plenty.
  private static final int THREADS = 8;

  private static final int MAX_WAITING = 200;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /// Longer than this without an answer, and it is unknown whether a call was placed.
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// All attempts to end a call together.
  private static final Duration HANGING_UP = Duration.ofSeconds(60);

  private static final Retry UNTIL_DONE =
      Retry.backoff(7, Duration.ofMillis(500))
          .maxBackoff(Duration.ofSeconds(15))
          .jitter(0.5)
          .filter(e -> e instanceof TwilioRestException twilio && twilio.kind() != Kind.REFUSED)
          .onRetryExhaustedThrow((_, signal) -> signal.failure());

  private final Scheduler scheduler = Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "twilio");
  private final Credentials credentials = new Credentials();
  private final TwilioRestClient client;

  public TwilioCalls(TwilioSettings settings) {
    client =
        new TwilioRestClient.Builder(
                settings.accountSid(), settings.authTokens().getFirst().value())
            .accountSid(settings.accountSid())
            .httpClient(new SingleShotHttpClient(settings.apiUrl(), CONNECT_TIMEOUT, TIMEOUT))
            .build();
  }

  /// A call to place.
  ///
  /// @param url asked for TwiML once it is answered
  /// @param ringTimeout how long it may ring
  /// @param timeLimit how long it may last, ringing not counted
  /// @param machineDetection how to find out who answered, or null not to ask
  public record Create(
      String to,
      String from,
      URI url,
      URI fallbackUrl,
      URI statusCallback,
      Duration ringTimeout,
      Duration timeLimit,
      @Nullable MachineDetection machineDetection) {}

  /// Asks who answered, beside the conversation.
  ///
  /// @param result where it is reported
  /// @param toTheBeep a machine is reported when its greeting is over, not when it begins
  public record MachineDetection(URI result, boolean toTheBeep) {}

  /// A call as Twilio has it.
  ///
  /// @param status null for a status added since
  /// @param duration null until it is over
  /// @param ended when it was over, to the second; null until it is
  /// @param price what the connection cost, negative, null until rated
  /// @param currency the price's, ISO 4217
  public record Found(
      String sid,
      String accountSid,
      String from,
      String to,
      @Nullable CallStatus status,
      @Nullable String duration,
      @Nullable Instant ended,
      @Nullable String price,
      @Nullable String currency) {}

  /// Places the call: exactly one request, whatever becomes of it; none while our credentials are
  /// known to be refused.
  ///
  /// @return its sid; Twilio has queued it, not dialled it
  public Mono<String> create(Create call) {
    return credentials.with(run(() -> creator(call).create(client).getSid()));
  }

  /// Ends the call, in whatever state it is. Ending one that is over succeeds.
  public Mono<Void> hangUp(String sid) {
    return run(() -> Call.updater(sid).setStatus(Call.UpdateStatus.COMPLETED).update(client))
        .then()
        .onErrorResume(
            e -> e instanceof TwilioRestException twilio && twilio.isAlreadyOver(),
            _ -> Mono.empty());
  }

  /// The same, asked again for a minute while it is not known to be done: ending a call twice is
  /// ending it once.
  public Mono<Void> hangUpUntilDone(String sid) {
    return Mono.defer(() -> hangUp(sid))
        .retryWhen(UNTIL_DONE)
        .timeout(
            HANGING_UP,
            Mono.error(() ->
                new TwilioRestException(
                    Kind.AMBIGUOUS,
                    0,
                    null,
                    "Twilio REST: not known to be done in " + HANGING_UP)));
  }

  /// Gives the call another document than the one it is at, which ends that one's stream.
  public Mono<Void> instruct(String sid, String twiml) {
    return run(() -> Call.updater(sid).setTwiml(new Twiml(twiml)).update(client)).then();
  }

  /// The same, where the document is still to be asked for.
  public Mono<Void> redirect(String sid, URI url) {
    return run(() -> Call.updater(sid).setUrl(url).setMethod(HttpMethod.POST).update(client))
        .then();
  }

  public Mono<Found> fetch(String sid) {
    return run(() -> found(Call.fetcher(sid).fetch(client)));
  }

  /// The latest calls to that number since then, newest first, at most fifty.
  public Mono<List<Found>> list(String to, ZonedDateTime since) {
    return run(() -> {
      Page<Call> page =
          Call.reader().setTo(new PhoneNumber(to)).setStartTimeAfter(since).firstPage(client);
      return page.getRecords().stream().map(TwilioCalls::found).toList();
    });
  }

  @Override
  public void destroy() {
    scheduler.dispose();
  }

  private static CallCreator creator(Create call) {
    CallCreator creator =
        Call.creator(new PhoneNumber(call.to()), new PhoneNumber(call.from()), call.url())
            .setMethod(HttpMethod.POST)
            .setFallbackUrl(call.fallbackUrl())
            .setFallbackMethod(HttpMethod.POST)
            .setStatusCallback(call.statusCallback())
            .setStatusCallbackMethod(HttpMethod.POST)
            .setStatusCallbackEvent(List.of("initiated", "ringing", "answered", "completed"))
            .setTimeout(Math.toIntExact(call.ringTimeout().toSeconds()))
            .setTimeLimit(Math.toIntExact(call.timeLimit().toSeconds()));
    MachineDetection detection = call.machineDetection();
    if (detection != null) {
      creator
          .setMachineDetection(detection.toTheBeep() ? "DetectMessageEnd" : "Enable")
          .setAsyncAmd("true")
          .setAsyncAmdStatusCallback(detection.result());
    }
    return creator;
  }

  private static Found found(Call call) {
    Call.Status status = call.getStatus();
    Currency currency = call.getPriceUnit();
    ZonedDateTime ended = call.getEndTime();
    return new Found(
        call.getSid(),
        call.getAccountSid(),
        String.valueOf(call.getFrom()),
        String.valueOf(call.getTo()),
        status == null ? null : CallStatus.parse(status.toString()),
        call.getDuration(),
        ended == null ? null : ended.toInstant(),
        call.getPrice(),
        currency == null ? null : currency.getCurrencyCode());
  }

  private <T> Mono<T> run(Callable<T> request) {
    return Mono.fromCallable(request)
        .subscribeOn(scheduler)
        .onErrorMap(
            ApiException.class,
            // An answer that the SDK could not read. It was sent, so it may have been done.
            e ->
                new TwilioRestException(Kind.AMBIGUOUS, 0, null, "Twilio REST: unreadable answer"));
  }
}
