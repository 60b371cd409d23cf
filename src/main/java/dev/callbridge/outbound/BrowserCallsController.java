package dev.callbridge.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallQuotas;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallResources;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.MediaTickets;
import dev.callbridge.call.QuotaExceededException;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Calls from a page of ours. Nothing is dialled: the page opens the media socket itself.
@RestController
@RequestMapping(BrowserCallsController.PATH)
class BrowserCallsController {

  static final String PATH = "/api/v1/browser-calls";

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");
  private static final byte[] NO_FIELDS = "{}".getBytes(UTF_8);

  private final CallRequests requests;
  private final CallStore calls;
  private final CallQuotas quotas;
  private final CallResources resources;
  private final MediaTickets tickets;
  private final LiveCalls live;
  private final Fitness fitness;
  private final Clock clock = Clock.systemUTC();

  BrowserCallsController(
      CallRequests requests,
      CallStore calls,
      CallQuotas quotas,
      CallResources resources,
      MediaTickets tickets,
      LiveCalls live,
      Fitness fitness) {
    this.requests = requests;
    this.calls = calls;
    this.quotas = quotas;
    this.resources = resources;
    this.tickets = tickets;
    this.live = live;
    this.fitness = fitness;
  }

  /// @param path of the media socket, good for one socket and a minute
  /// @param callSid what the stream is to name as its call
  /// @param streamSid what it is to name itself
  record Media(String path, String callSid, String streamSid) {}

  record BrowserCall(CallResource call, Media media) {}

  /// Each request is a call of its own: one that is not taken up rings at nobody's and is forgotten
  /// within minutes.
  @PostMapping
  Mono<ResponseEntity<BrowserCall>> begin(
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    CallPlan plan = requests.readBrowserCall(body == null ? NO_FIELDS : body);
    if (!live.hasRoom()) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "as many calls are on as this instance carries");
    }
    Optional<Throwable> unfit = fitness.refusal(plan);
    if (unfit.isPresent()) {
      return Mono.error(unfit.get());
    }
    UUID id = Call.newId();
    return quotas
        .create(
            id, plan, new CallStore.Idempotency(rights.name(), id.toString(), new byte[0]), rights)
        .flatMap(call -> calls.append(created(call)))
        .flatMap(call -> tickets.issue(id).flatMap(ticket -> begun(call, ticket)))
        .onErrorMap(
            QuotaExceededException.class,
            quota -> QuotaProblem.of(quota, rights.name(), clock.instant()));
  }

  private CallEvent created(Call call) {
    LOG.info("call {}: created, from a browser", call.id());
    Map<String, String> details = Map.of("carrier", Carrier.BROWSER.name());
    return new CallEvent(
        call.id(), Kind.CREATED, Source.API, Kind.CREATED.name(), clock.instant(), details);
  }

  private Mono<ResponseEntity<BrowserCall>> begun(Call call, String ticket) {
    String id = call.id().toString();
    Media media = new Media(PATH + "/media/" + ticket, id, "browser-" + id);
    return resources
        .of(call)
        .map(resource ->
            ResponseEntity.created(URI.create(CallResource.path(call.id())))
                .body(new BrowserCall(resource, media)));
  }
}
