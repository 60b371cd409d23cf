package dev.callbridge.twilio;

import com.twilio.exception.ApiException;
import com.twilio.http.HttpMethod;
import com.twilio.http.TwilioRestClient;
import com.twilio.rest.api.v2010.Account;
import com.twilio.rest.api.v2010.account.IncomingPhoneNumber;
import com.twilio.type.PhoneNumber;
import com.twilio.type.PhoneNumberCapabilities;
import dev.callbridge.twilio.TwilioRestException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The account and its number as they are set up at Twilio. Threads of its own: who asks for these
/// takes none that places or ends a call.
@Component
public final class TwilioAccount implements DisposableBean {

  private static final int THREADS = 2;
  private static final int MAX_WAITING = 20;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Scheduler scheduler =
      Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "twilio-account");

  private final TwilioRestClient client;

  public TwilioAccount(TwilioSettings settings) {
    client =
        new TwilioRestClient.Builder(
                settings.accountSid(), settings.authTokens().getFirst().value())
            .accountSid(settings.accountSid())
            .httpClient(new SingleShotHttpClient(settings.apiUrl(), CONNECT_TIMEOUT, TIMEOUT))
            .build();
  }

  /// @param status `active`, `suspended` or `closed`, null for one added since
  /// @param trial only verified numbers may be called
  public record Standing(@Nullable String status, boolean trial) {}

  /// A number of the account.
  ///
  /// @param voice whether it can carry calls
  /// @param receives `voice` or `fax`, null where Twilio does not say
  /// @param applicationSid a TwiML application, which is asked instead of the number's own webhook
  /// @param trunkSid a SIP trunk, likewise
  public record Number(
      String sid,
      boolean voice,
      @Nullable String receives,
      @Nullable String applicationSid,
      @Nullable String trunkSid,
      Webhook voiceUrl,
      Webhook fallback,
      Webhook statusCallback) {}

  /// @param url null where none is set
  /// @param method null where Twilio does not say
  public record Webhook(@Nullable URI url, @Nullable String method) {}

  public Mono<Standing> standing() {
    return run(() -> {
      Account account = Account.fetcher(client.getAccountSid()).fetch(client);
      return new Standing(text(account.getStatus()), Account.Type.TRIAL.equals(account.getType()));
    });
  }

  /// Empty where the account has no such number.
  public Mono<Optional<Number>> number(String e164) {
    return run(() ->
        IncomingPhoneNumber.reader()
            .setPhoneNumber(new PhoneNumber(e164))
            .firstPage(client)
            .getRecords()
            .stream()
            // Twilio also finds numbers that only contain this one.
            .filter(found -> e164.equals(String.valueOf(found.getPhoneNumber())))
            .map(TwilioAccount::number)
            .findFirst());
  }

  private static Number number(IncomingPhoneNumber found) {
    PhoneNumberCapabilities capabilities = found.getCapabilities();
    return new Number(
        found.getSid(),
        capabilities == null || capabilities.getVoice(),
        text(found.getVoiceReceiveMode()),
        blankToNull(found.getVoiceApplicationSid()),
        blankToNull(found.getTrunkSid()),
        webhook(found.getVoiceUrl(), found.getVoiceMethod()),
        webhook(found.getVoiceFallbackUrl(), found.getVoiceFallbackMethod()),
        webhook(found.getStatusCallback(), found.getStatusCallbackMethod()));
  }

  private static Webhook webhook(@Nullable URI url, @Nullable HttpMethod method) {
    return new Webhook(url == null || url.toString().isBlank() ? null : url, text(method));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private <T> Mono<T> run(Callable<T> request) {
    return Mono.fromCallable(request)
        .subscribeOn(scheduler)
        .onErrorMap(
            ApiException.class,
            _ ->
                new TwilioRestException(Kind.AMBIGUOUS, 0, null, "Twilio REST: unreadable answer"));
  }

  @Override
  public void destroy() {
    scheduler.dispose();
  }
}
