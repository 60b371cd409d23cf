package dev.callbridge.telephony;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.CallerLookup;
import dev.callbridge.assistants.CallerLookup.Caller;
import dev.callbridge.assistants.CallerLookup.Known;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.Outcome;
import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.WebhookForm;
import io.r2dbc.spi.R2dbcException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Says what a call is to do. Always an answer that speaks, and soon: an error or a delay here is a
/// canned message from Twilio and the end of the call.
@Component
final class VoiceWebhook {

  /// Then the caller is told that it does not work, whatever is the matter behind. Twilio waits for
  /// fifteen seconds.
  static final Duration TIMEOUT = Duration.ofSeconds(12);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");
  private static final Duration RING_TIMEOUT = Duration.ofSeconds(60);

  private final CallStore calls;
  private final EvidenceWriter evidence;
  private final StreamTwiML twiml;
  private final Assistants assistants;
  private final CallerLookup lookups;
  private final LiveCalls live;
  private final SetUpQueue queue;
  private final Clock clock = Clock.systemUTC();

  VoiceWebhook(
      CallStore calls,
      EvidenceWriter evidence,
      StreamTwiML twiml,
      Assistants assistants,
      CallerLookup lookups,
      LiveCalls live,
      SetUpQueue queue) {
    this.calls = calls;
    this.evidence = evidence;
    this.twiml = twiml;
    this.assistants = assistants;
    this.lookups = lookups;
    this.live = live;
    this.queue = queue;
  }

  /// @param query of the webhook's URL: `call` for a call of ours, `assistant` and `voice_id` to
  ///   choose, and any other name is a variable for the agent
  Mono<String> answer(WebhookForm form, Map<String, String> query) {
    Mono<String> setUp =
        known(form, query)
            .switchIfEmpty(Mono.defer(() -> unknown(form, query)))
            .flatMap(call -> instruct(call, variables(query)));
    return (isLookedUp(form, query) ? setUp.timeout(TIMEOUT) : queue.inTurn(setUp, TIMEOUT))
        .onErrorResume(e -> {
          log(e);
          turnedAway(form, query, e);
          return Mono.just(twiml.apology());
        });
  }

  /// Somebody else is asked about it, whom nobody is to wait for behind it.
  private boolean isLookedUp(WebhookForm form, Map<String, String> query) {
    return query.get("call") == null
        && isInbound(form)
        && assistants.find(wanted(form, query)).map(Assistant::lookup).isPresent();
  }

  /// A call that we placed, or one that Twilio asks about again.
  private Mono<Call> known(WebhookForm form, Map<String, String> query) {
    Optional<UUID> id = CallIds.parse(query.get("call"));
    return Mono.justOrEmpty(id).flatMap(call -> calls.append(webhook(call, form)));
  }

  private Mono<Call> unknown(WebhookForm form, Map<String, String> query) {
    String sid = form.get("CallSid");
    if (sid == null) {
      return Mono.error(new IllegalArgumentException("a voice webhook without a CallSid"));
    }
    UUID id = Call.newId();
    boolean inbound = isInbound(form);
    String to = orElse(form.get("To"), "unknown");
    String wanted = wanted(form, query);
    Assistant assistant =
        assistants
            .find(wanted)
            .orElseThrow(() -> new IllegalArgumentException("no such assistant"));
    URI lookup = assistant.lookup();
    if (lookup == null || !inbound) {
      return calls.createInbound(id, plan(form, query, wanted, null), webhook(id, form));
    }
    Caller caller = new Caller(sid, orElse(form.get("From"), "anonymous"), to, wanted);
    // Twilio may ask twice; nobody else is.
    return calls
        .findByTwilioSid(sid)
        .flatMap(call -> calls.append(webhook(call.id(), form)))
        .switchIfEmpty(
            Mono.defer(() -> lookups.of(lookup, caller))
                .flatMap(known ->
                    calls
                        .createInbound(id, plan(form, query, wanted, known), webhook(id, form))
                        .doOnNext(call -> lookedUp(call, known))));
  }

  private CallPlan plan(
      WebhookForm form, Map<String, String> query, String wanted, @Nullable Known known) {
    String name = known == null || known.assistant() == null ? wanted : known.assistant();
    Map<String, Object> variables = new LinkedHashMap<>(variables(query));
    if (known != null) {
      variables.putAll(known.variables());
    }
    return new CallPlan(
        isInbound(form) ? Direction.INBOUND : Direction.OUTBOUND,
        name,
        orElse(form.get("From"), "anonymous"),
        orElse(form.get("To"), "unknown"),
        variables,
        known == null ? null : known.firstMessage(),
        known == null ? null : known.language(),
        voice(query.get("voice_id")),
        false,
        RING_TIMEOUT,
        assistants.of(name).maxDuration(),
        Map.of());
  }

  /// Whoever was told that nobody can talk to them was a call, and is one in the books once they
  /// can be written again.
  private void turnedAway(WebhookForm form, Map<String, String> query, Throwable e) {
    if (e instanceof IllegalArgumentException) {
      // Not a call, or not one that anybody here was asked to take.
      return;
    }
    CallIds.parse(query.get("call"))
        .ifPresentOrElse(
            id -> {
              evidence.write(webhook(id, form));
              evidence.write(refused(id, e));
            },
            () -> {
              UUID id = Call.newId();
              evidence.turnedAway(
                  plan(form, query, wanted(form, query), null), webhook(id, form), refused(id, e));
            });
  }

  private String wanted(WebhookForm form, Map<String, String> query) {
    String asked = query.get("assistant");
    if (asked != null) {
      return asked;
    }
    return isInbound(form)
        ? assistants.answering(orElse(form.get("To"), "unknown"))
        : Assistants.DEFAULT;
  }

  /// A database that is away is so for every caller of a while: its stack says nothing.
  private static void log(Throwable e) {
    if (isOfTheDatabase(e) || e instanceof CrowdedException) {
      LOG.error("voice webhook: the caller hears an apology: {}", e.toString());
    } else {
      LOG.error("voice webhook: the caller hears an apology", e);
    }
  }

  private static boolean isOfTheDatabase(Throwable e) {
    return e instanceof TimeoutException
        || e instanceof DataAccessException
        || e instanceof R2dbcException;
  }

  private CallEvent refused(UUID id, Throwable e) {
    boolean isCrowded = e instanceof CrowdedException;
    Outcome outcome = isCrowded ? Outcome.REJECTED_OVERLOAD : Outcome.AGENT_UNREACHABLE;
    return new CallEvent(
        id,
        Kind.REJECTED,
        Source.RELAY,
        Kind.REJECTED.name(),
        clock.instant(),
        Map.of(
            "outcome",
            outcome.name(),
            "by",
            EndedBy.RELAY.name(),
            "reason",
            isCrowded ? "crowded" : isOfTheDatabase(e) ? "database_away" : "webhook_failed"));
  }

  private void lookedUp(Call call, Known known) {
    LOG.info("call {}: caller looked up, {}", call.id(), known.result().word());
    evidence.write(event(call, Kind.CALLER_LOOKUP, Map.of("result", known.result().word())));
  }

  private static boolean isInbound(WebhookForm form) {
    return "inbound".equals(orElse(form.get("Direction"), "inbound"));
  }

  private Mono<String> instruct(Call call, Map<String, String> parameters) {
    LOG.info("call {}: voice webhook, {}", call.id(), call.plan().direction());
    warnOfMissing(call);
    if (call.isOver()) {
      return Mono.just(TwiML.hangUp());
    }
    if (!live.expect(call.id())) {
      LOG.warn("call {}: refused, all lines are busy", call.id());
      evidence.write(event(call, Kind.REJECTED, Map.of("reason", "all_lines_busy")));
      return Mono.just(twiml.apology(call));
    }
    return twiml
        .connect(call, parameters)
        .doOnNext(_ -> {
          LOG.info("call {}: TwiML sent", call.id());
          evidence.write(event(call, Kind.TWIML_SENT, Map.of()));
        });
  }

  /// Who calls in is not sent away for what somebody else has not said.
  private void warnOfMissing(Call call) {
    List<String> missing =
        assistants.of(call.plan().assistant()).requiredVariables().stream()
            .filter(name -> !call.plan().variables().containsKey(name))
            .toList();
    if (!missing.isEmpty()) {
      LOG.warn("call {}: its assistant does without the variables {}", call.id(), missing);
    }
  }

  private CallEvent event(Call call, Kind kind, Map<String, String> details) {
    return new CallEvent(call.id(), kind, Source.RELAY, kind.name(), clock.instant(), details);
  }

  private CallEvent webhook(UUID id, WebhookForm form) {
    String key = orElse(form.get("CallSid"), "") + ":" + orElse(form.get("CallStatus"), "");
    return new CallEvent(id, Kind.VOICE_WEBHOOK, Source.TWILIO, key, clock.instant(), form.asMap());
  }

  private static Map<String, String> variables(Map<String, String> query) {
    Map<String, String> variables = new LinkedHashMap<>(query);
    variables.keySet().removeIf(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]{0,63}"));
    variables.keySet().removeIf(name -> name.startsWith("system__"));
    // Asked by GET, what Twilio says is in the query too.
    variables.keySet().removeIf(WebhookForm::isTwilios);
    variables.keySet().removeAll(Set.of("call", "assistant", "voice_id", "token"));
    return variables;
  }

  private static @Nullable String voice(@Nullable String id) {
    return id != null && id.matches("[A-Za-z0-9]{1,64}") ? id : null;
  }

  private static String orElse(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
