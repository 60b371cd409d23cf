package dev.callbridge.sandbox.twilio;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Runs TwiML on one call: verb after verb, document after document.
///
/// A run completes when its last document has no verb left, and hanging up is then up to the call.
/// `<Hangup>` and `<Reject>` end the call themselves. Cancelling a run ends its stream.
final class Interpreter {

  /// How long Twilio takes to speak one character.
  private static final Duration SPEECH = Duration.ofMillis(60);

  /// Redirects and actions may follow each other; a loop of them may not go on for ever.
  private static final int MAX_DOCUMENTS = 100;

  /// What the call itself does for its TwiML.
  interface Host {
    /// The first verb is about to run, which is when Twilio answers an inbound call.
    void answer();

    void reject(CallStatus as);
  }

  private final SandboxCall call;
  private final Carrier carrier;
  private final Line line;
  private final StreamEvents events;
  private final Host host;
  private final @Nullable String fallbackUrl;
  private final String fallbackMethod;
  private final @Nullable String streamsThrough;
  private int documents;

  Interpreter(
      SandboxCall call,
      Carrier carrier,
      Line line,
      StreamEvents events,
      Host host,
      @Nullable String fallbackUrl,
      String fallbackMethod,
      @Nullable String streamsThrough) {
    this.call = call;
    this.carrier = carrier;
    this.line = line;
    this.events = events;
    this.host = host;
    this.fallbackUrl = fallbackUrl;
    this.fallbackMethod = fallbackMethod;
    this.streamsThrough = streamsThrough;
  }

  Mono<Void> run(Instructions instructions) {
    Mono<Void> run =
        switch (instructions) {
          case Instructions.Fetch(var url, var method, var more) -> follow(url, method, more);
          case Instructions.Inline(String twiml) ->
              Mono.fromCallable(
                      () -> TwimlReader.read(twiml.getBytes(StandardCharsets.UTF_8), null))
                  .doOnError(Fault.class, fault -> call.verdict(fault.code, fault.why))
                  .flatMap(document -> perform(document, 0));
        };
    return run.onErrorResume(
        Fault.class,
        _ -> {
          host.answer();
          call.note("verb", "Twilio's own apology: an application error has occurred");
          call.end("twilio");
          return Mono.empty();
        });
  }

  private Mono<Void> follow(String url, String method, Map<String, String> more) {
    return fetch(url, method, more)
        .onErrorResume(Fault.class, fault -> fallback(fault, url))
        .flatMap(document -> perform(document, 0));
  }

  private Mono<Twiml> fallback(Fault fault, String url) {
    if (fallbackUrl == null) {
      return Mono.error(fault);
    }
    var more = new LinkedHashMap<String, String>();
    more.put("ErrorCode", Integer.toString(fault.code));
    more.put("ErrorUrl", url);
    return fetch(fallbackUrl, fallbackMethod, more);
  }

  private Mono<Twiml> fetch(String url, String method, Map<String, String> more) {
    var form = new LinkedHashMap<>(VoiceParameters.of(call, call.currentStatus()));
    form.putAll(more);
    if (++documents > MAX_DOCUMENTS) {
      return Mono.error(new Fault(11200, "over " + MAX_DOCUMENTS + " documents in one call"));
    }
    return carrier
        .webhooks()
        .send(url, method, form)
        // A request that is on its way arrives, also when the call ends meanwhile.
        .cache()
        .publishOn(carrier.scheduler())
        .map(answer -> read(answer, url))
        .doOnError(
            Fault.class,
            fault -> {
              call.note("webhook", url + " failed: " + fault.why);
              call.verdict(fault.code, fault.why);
            });
  }

  private Twiml read(WebhookClient.Answer answer, String url) {
    call.note("webhook", url + " " + answer.status());
    String type = answer.contentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (carrier.settings().strict()
        && !type.equals("text/xml")
        && !type.equals("application/xml")) {
      throw new Fault(12300, "Content-Type is '" + answer.contentType() + "', not text/xml");
    }
    call.note("twiml", new String(answer.body(), StandardCharsets.UTF_8));
    int fragment = url.indexOf('#');
    Twiml document =
        TwimlReader.read(answer.body(), fragment < 0 ? url : url.substring(0, fragment));
    if (carrier.settings().strict()) {
      document.warnings().forEach(warning -> call.verdict(12200, warning));
    }
    return document;
  }

  private Mono<Void> perform(Twiml document, int index) {
    if (index == document.verbs().size()) {
      host.answer();
      return Mono.empty();
    }
    Verb verb = document.verbs().get(index);
    if (!(verb instanceof Verb.Reject)) {
      host.answer();
    }
    Mono<Void> rest = Mono.defer(() -> perform(document, index + 1));
    return switch (verb) {
      case Verb.Say(String text) -> {
        call.say(text);
        yield carrier.pause(SPEECH.multipliedBy(text.length())).then(rest);
      }
      case Verb.Play(String url) -> note("Play " + url).then(rest);
      case Verb.Pause(Duration length) ->
          note("Pause " + length.toSeconds()).then(carrier.pause(length)).then(rest);
      case Verb.Redirect(String url, String method) ->
          note("Redirect " + url).then(go(document, url, method, Map.of()));
      case Verb.Hangup _ -> note("Hangup").then(Mono.fromRunnable(() -> call.end("twiml")));
      case Verb.Reject(String reason) ->
          note("Reject " + reason)
              .then(
                  Mono.fromRunnable(() ->
                      host.reject(reason.equals("busy") ? CallStatus.BUSY : CallStatus.NO_ANSWER)));
      case Verb.Connect connect ->
          note("Connect")
              .then(connect(connect, document))
              .then(
                  connect.action() == null
                      ? rest
                      : go(document, connect.action(), connect.method(), Map.of()));
      case Verb.Dial dial -> {
        Mono<Map<String, String>> dialled = new DialledLeg(call, carrier).ring(dial);
        yield note("Dial " + dial.targets())
            .then(dialled)
            .flatMap(result ->
                dial.action() == null ? rest : go(document, dial.action(), dial.method(), result));
      }
      case Verb.Unsupported(String name) -> {
        call.verdict(12200, "<" + name + "> is not a verb the sandbox knows; it is skipped");
        yield rest;
      }
    };
  }

  private Mono<Void> go(Twiml document, String url, String method, Map<String, String> more) {
    return Mono.defer(() -> {
      try {
        return follow(document.resolve(url), method, more);
      } catch (IllegalArgumentException e) {
        var fault = new Fault(11100, "Invalid URL: " + e.getMessage());
        call.verdict(fault.code, fault.why);
        return Mono.error(fault);
      }
    });
  }

  private Mono<Void> connect(Verb.Connect connect, Twiml document) {
    if (connect.stream() == null) {
      call.verdict(12200, "<Connect> holds no <Stream>");
      return Mono.empty();
    }
    Verb.Stream stream = connect.stream();
    return Mono.defer(
            () -> {
              var check = new StreamCheck(call, carrier.settings().strict());
              StreamTarget target = null;
              try {
                target = check.target(stream, document, Sids.next("MZ"));
                check.check(stream, target);
                return new MediaStream(call, line, target, events)
                    .run(carrier.dialer(), streamsThrough);
              } catch (Fault fault) {
                call.verdict(fault.code, fault.why);
                if (target != null) {
                  events.failed(target, fault.code + " " + fault.why);
                }
                return Mono.empty();
              }
            })
        // A stream ends on a socket's thread, and while it is locked.
        .publishOn(carrier.scheduler());
  }

  private Mono<Void> note(String verb) {
    return Mono.fromRunnable(() -> call.note("verb", verb));
  }
}
