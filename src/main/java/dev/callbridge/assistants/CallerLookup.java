package dev.callbridge.assistants;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Asks somebody's own program who is calling. The caller hears it ring meanwhile, so the answer is
/// there within two seconds or does not count.
@Component
public class CallerLookup {

  static final Duration TIMEOUT = Duration.ofSeconds(2);
  static final int MAX_BYTES = 64 * 1024;

  // Made once, here: a mapper that first meets a type on an event loop locks while it learns it.
  private static final ObjectWriter WRITER = JsonMapper.shared().writerFor(Caller.class);
  private static final int MAX_CONNECTIONS = 50;
  private static final int MAX_WAITING = 200;
  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final LookupSettings settings;
  private final Assistants assistants;
  private final MeterRegistry meters;
  private final WebClient http = client();

  CallerLookup(AssistantSettings settings, Assistants assistants, MeterRegistry meters) {
    this.settings = settings.lookup();
    this.assistants = assistants;
    this.meters = meters;
    for (Result result : Result.values()) {
      meters.counter("callbridge.lookups", "result", result.word());
    }
  }

  /// What became of the question.
  public enum Result {
    FOUND,
    /// A status other than 200.
    REFUSED,
    TIMEOUT,
    UNREACHABLE,
    TOO_LARGE,
    /// Not what was asked for, or something in it that cannot be.
    UNREADABLE,
    /// The address is not one that may be asked any more.
    FORBIDDEN;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A call that comes in, as it is sent.
  ///
  /// @param assistant who would answer
  public record Caller(String callSid, String from, String to, String assistant) {

    @Override
    public String toString() {
      return "Caller[" + callSid + "]";
    }
  }

  /// What is known of the caller: nothing, unless the result is [Result#FOUND].
  ///
  /// @param assistant who is to answer instead; there is one of that name
  public record Known(
      Result result,
      Map<String, Object> variables,
      @Nullable String firstMessage,
      @Nullable String language,
      @Nullable String assistant) {

    static Known nothing(Result result) {
      return new Known(result, Map.of(), null, null, null);
    }

    @Override
    public String toString() {
      return "Known[" + result + "]";
    }
  }

  /// Never fails, and takes no longer than [#TIMEOUT].
  public Mono<Known> of(URI url, Caller caller) {
    return ask(url, caller)
        .timeout(TIMEOUT)
        .onErrorResume(e -> {
          Known nothing = Known.nothing(result(e));
          LOG.warn(
              "{}: who is calling was not found out, {}",
              caller.callSid(),
              nothing.result().word());
          return Mono.just(nothing);
        })
        .doOnNext(known ->
            meters.counter("callbridge.lookups", "result", known.result().word()).increment());
  }

  private Mono<Known> ask(URI url, Caller caller) {
    if (settings.problem(url).isPresent()) {
      return Mono.error(() -> new LookupException(Result.FORBIDDEN));
    }
    return http.post()
        .uri(url)
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.APPLICATION_JSON)
        .headers(headers ->
            settings
                .host(url)
                .filter(host -> host.header() != null && host.value() != null)
                .ifPresent(host ->
                    headers.set(String.valueOf(host.header()), String.valueOf(host.value()))))
        .bodyValue(WRITER.writeValueAsBytes(caller))
        .exchangeToMono(CallerLookup::body)
        // JSON of strangers is not for the event loops, which carry voices.
        .publishOn(Schedulers.parallel())
        .map(body -> LookupAnswer.read(body, assistants))
        .switchIfEmpty(Mono.error(() -> new LookupException(Result.UNREADABLE)));
  }

  private static Mono<byte[]> body(ClientResponse answer) {
    return answer.statusCode().value() == 200
        ? answer.bodyToMono(byte[].class)
        : answer.releaseBody().then(Mono.error(new LookupException(Result.REFUSED)));
  }

  private static Result result(Throwable e) {
    return switch (e) {
      case LookupException known -> known.result;
      case TimeoutException _ -> Result.TIMEOUT;
      case DataBufferLimitException _ -> Result.TOO_LARGE;
      case DecodingException _ -> Result.UNREADABLE;
      default ->
          e.getCause() instanceof DataBufferLimitException
              ? Result.TOO_LARGE
              : e instanceof WebClientException ? Result.UNREACHABLE : Result.UNREADABLE;
    };
  }

  private static WebClient client() {
    ConnectionProvider pool =
        ConnectionProvider.builder("lookups")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(MAX_WAITING)
            .pendingAcquireTimeout(TIMEOUT)
            .maxIdleTime(Duration.ofSeconds(30))
            .build();
    HttpClient http =
        HttpClient.create(pool)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(TIMEOUT.toMillis()))
            .followRedirect(false);
    return WebClient.builder()
        .clientConnector(new ReactorClientHttpConnector(http))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_BYTES))
        .build();
  }

  private static final class LookupException extends RuntimeException {
    private final Result result;

    LookupException(Result result) {
      super(result.word(), null, false, false);
      this.result = result;
    }
  }
}
