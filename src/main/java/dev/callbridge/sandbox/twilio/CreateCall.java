package dev.callbridge.sandbox.twilio;

import dev.callbridge.sandbox.twilio.RestApi.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// `POST Calls`, with what some numbers of the [Directory] make of its answer.
final class CreateCall {
  private static final Duration SLOW = Duration.ofSeconds(20);
  private static final String BAD_GATEWAY =
      """
      <html><head><title>502 Bad Gateway</title></head>
      <body><center><h1>502 Bad Gateway</h1></center></body></html>
      """;

  private final SandboxTwilio twilio;
  private final SandboxTwilio.Settings settings;
  private final CallLedger ledger;

  /// How often each number that is refused twice was asked for. The book has one such row.
  private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();

  CreateCall(SandboxTwilio twilio, SandboxTwilio.Settings settings, CallLedger ledger) {
    this.twilio = twilio;
    this.settings = settings;
    this.ledger = ledger;
  }

  /// @throws RestError where Twilio refuses
  Reply create(Form form) {
    CallRequest request = CallRequest.of(form, settings);
    Directory.Entry person = Directory.find(request.to());
    return switch (person.quirk()) {
      case NONE,
          CALLBACKS_REVERSED_AND_TRIPLED,
          NO_CALLBACKS,
          HANG_UP_FAILS_TWICE,
          HANG_UP_HANGS_ONCE,
          HANG_UP_TOO_LATE,
          HANG_UP_OF_NOBODY ->
          place(form, request, person);
      case ACCEPTED_BUT_503, ACCEPTED_BUT_503_NO_CALLBACKS -> {
        place(form, request, person);
        throw new RestError(503, 20503, "Service unavailable");
      }
      case ACCEPTED_BUT_SLOW -> {
        Reply reply = place(form, request, person);
        yield new Reply(reply.status(), reply.contentType(), reply.body(), SLOW);
      }
      case TOO_MANY_REQUESTS_TWICE -> {
        var asked = attempts.computeIfAbsent(request.to(), _ -> new AtomicInteger());
        if (asked.getAndIncrement() % 3 < 2) {
          throw new RestError(429, 20429, "Too Many Requests");
        }
        yield place(form, request, person);
      }
      case INVALID_NUMBER ->
          throw RestError.badRequest(
              21211, "The 'To' number " + request.to() + " is not a valid phone number.");
      case COUNTRY_NOT_ENABLED ->
          throw RestError.badRequest(
              21215, "Account not authorized to call " + request.to() + ": geo permissions.");
      case NUMBER_BLOCKED ->
          throw RestError.badRequest(21216, "Account not allowed to call " + request.to() + ".");
      case UNAUTHORIZED -> throw new RestError(401, 20003, "Authenticate");
      case BAD_GATEWAY -> new Reply(502, "text/html", BAD_GATEWAY, Duration.ZERO);
    };
  }

  private Reply place(Form form, CallRequest request, Directory.Entry person) {
    SandboxCall call =
        new SandboxCall(settings.accountSid(), request.from(), request.to(), "outbound-api");
    // Written before the call starts: its first callback may overtake this answer.
    ledger.created(new SandboxTwilio.Create(call.callSid(), call.created(), form));
    Map<String, Object> accepted = RestJson.call(call);
    twilio.place(call, request, person);
    return Reply.json(201, accepted);
  }
}
