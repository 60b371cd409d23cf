package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.Direction;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Reads and checks what is asked for, before anything is stored or anybody's phone rings.
@Component
final class CallRequests {

  /// The number of either end of a call that has none.
  static final String BROWSER = "browser";

  private final NumberPolicy numbers;
  private final Assistants assistants;
  private final TwilioSettings twilio;

  CallRequests(NumberPolicy numbers, Assistants assistants, TwilioSettings twilio) {
    this.numbers = numbers;
    this.assistants = assistants;
    this.twilio = twilio;
  }

  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan read(byte[] body, CallRights rights) {
    return check(Bodies.read(body, CallRequest.class), rights);
  }

  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan check(CallRequest request, CallRights rights) {
    CallCheck check = new CallCheck();
    String to = check.number("to", request.to(), numbers);
    String from = check.from(request.from(), twilio.phoneNumber());
    String name = request.assistant() == null ? Assistants.DEFAULT : request.assistant();
    Assistant assistant = check.assistant(name, assistants);
    CallPlan plan =
        new CallPlan(
            Direction.OUTBOUND,
            name,
            from,
            to,
            check.variables(request.variables()),
            check.text("firstMessage", request.firstMessage()),
            check.language(request.language()),
            check.voice(request.voiceId()),
            Boolean.TRUE.equals(request.machineDetection()),
            check.seconds("ringTimeoutSeconds", request.ringTimeoutSeconds(), 5, 600, 60),
            check.seconds(
                "maxDurationSeconds",
                request.maxDurationSeconds(),
                10,
                14_400,
                assistant.maxDuration().toSeconds()),
            check.metadata(request.metadata()));
    check.required(name, assistant, plan.variables());
    check.orThrow(HttpStatus.BAD_REQUEST);
    numbers.forbidden(to, rights.countries()).ifPresent(why -> check.add("to", why));
    check.orThrow(HttpStatus.FORBIDDEN);
    return plan;
  }

  /// A call from a page of ours, which rings at nobody's.
  ///
  /// @throws InvalidRequestException naming every field that is wrong
  CallPlan readBrowserCall(byte[] body) {
    BrowserCallRequest request = Bodies.read(body, BrowserCallRequest.class);
    CallCheck check = new CallCheck();
    String name = request.assistant() == null ? Assistants.DEFAULT : request.assistant();
    Assistant assistant = check.assistant(name, assistants);
    CallPlan plan =
        new CallPlan(
            Direction.INBOUND,
            Carrier.BROWSER,
            name,
            BROWSER,
            BROWSER,
            check.variables(request.variables()),
            check.text("firstMessage", request.firstMessage()),
            check.language(request.language()),
            check.voice(request.voiceId()),
            false,
            Duration.ofSeconds(60),
            assistant.maxDuration(),
            Map.of());
    check.required(name, assistant, plan.variables());
    check.orThrow(HttpStatus.BAD_REQUEST);
    return plan;
  }
}
