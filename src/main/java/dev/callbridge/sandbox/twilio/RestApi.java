package dev.callbridge.sandbox.twilio;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/// The part of Twilio's REST API that has to do with calls, and with the account that makes them.
final class RestApi {
  private static final Pattern CALLS = Pattern.compile("Calls\\.json");
  private static final Pattern CALL = Pattern.compile("Calls/(CA[0-9a-f]{32})\\.json");
  private static final Pattern RECORDINGS =
      Pattern.compile("Calls/(CA[0-9a-f]{32})/Recordings\\.json");
  private static final Pattern NUMBERS = Pattern.compile("IncomingPhoneNumbers\\.json");

  private static final JsonMapper JSON = new JsonMapper();

  /// An answer on its way out.
  record Reply(int status, String contentType, String body, Duration delay) {
    static Reply json(int status, Map<String, Object> json) {
      return new Reply(status, "application/json", JSON.writeValueAsString(json), Duration.ZERO);
    }

    Reply after(Duration wait) {
      return new Reply(status, contentType, body, wait);
    }
  }

  private final SandboxTwilio twilio;
  private final SandboxTwilio.Settings settings;
  private final CallLedger ledger;
  private final AccountBook book;
  private final Carrier carrier;
  private final CreateCall create;

  RestApi(
      SandboxTwilio twilio,
      SandboxTwilio.Settings settings,
      CallLedger ledger,
      AccountBook book,
      Carrier carrier) {
    this.twilio = twilio;
    this.settings = settings;
    this.ledger = ledger;
    this.book = book;
    this.carrier = carrier;
    this.create = new CreateCall(twilio, settings, ledger);
  }

  Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString(StandardCharsets.UTF_8)
        .defaultIfEmpty("")
        .map(body -> answer(request, body))
        .onErrorResume(RestError.class, error -> Mono.just(Reply.json(error.status, error.json())))
        .delayUntil(reply ->
            reply.delay().isZero() ? Mono.empty() : Mono.delay(reply.delay(), carrier.scheduler()))
        .flatMap(reply -> {
          response.status(reply.status()).header("Content-Type", reply.contentType());
          if (reply.status() == 401) {
            response.header("WWW-Authenticate", "Basic realm=\"Twilio API\"");
          }
          return reply.status() == 204
              ? response.send()
              : response.sendString(Mono.just(reply.body())).then();
        });
  }

  private Reply answer(HttpServerRequest request, String body) {
    authenticate(request.requestHeaders().get("Authorization"));
    int question = request.uri().indexOf('?');
    String path = question < 0 ? request.uri() : request.uri().substring(0, question);
    String account = RestJson.uri(settings.accountSid(), "");
    if (path.equals(account.substring(0, account.length() - 1) + ".json")) {
      return Reply.json(200, book.account()).after(book.delay());
    }
    if (!path.startsWith(account)) {
      throw RestError.notFound(path);
    }
    Form query;
    Form form;
    try {
      query = Form.parse(question < 0 ? null : request.uri().substring(question + 1));
      form = Form.parse(body);
    } catch (IllegalArgumentException e) {
      throw RestError.badRequest(20001, "Malformed parameters: " + e.getMessage());
    }
    return route(request.method().name(), path, path.substring(account.length()), query, form);
  }

  private Reply route(String method, String path, String resource, Form query, Form form) {
    Matcher call = CALL.matcher(resource);
    Matcher recordings = RECORDINGS.matcher(resource);
    if (CALLS.matcher(resource).matches()) {
      return switch (method) {
        case "POST" -> create.create(form);
        case "GET" -> list("calls", path, query, CallFilter.of(query).apply(ledger.calls()));
        default -> throw notAllowed(method);
      };
    }
    if (call.matches()) {
      return one(method, find(call.group(1), path), form);
    }
    if (recordings.matches()) {
      return recordings(method, find(recordings.group(1), path), path, query, form);
    }
    if (NUMBERS.matcher(resource).matches() && method.equals("GET")) {
      return Reply.json(
              200, RestJson.page("incoming_phone_numbers", path, query, book.numbers(query)))
          .after(book.delay());
    }
    throw RestError.notFound(path);
  }

  private Reply one(String method, CallFlow flow, Form form) {
    return switch (method) {
      case "GET" -> Reply.json(200, RestJson.call(flow.call()));
      case "POST" -> update(flow, form);
      case "DELETE" -> {
        if (flow.call().finalStatus() == null) {
          throw RestError.badRequest(20001, "A call in progress cannot be deleted.");
        }
        ledger.remove(flow.call().callSid());
        yield new Reply(204, "application/json", "", Duration.ZERO);
      }
      default -> throw notAllowed(method);
    };
  }

  private static Reply update(CallFlow flow, Form form) {
    SandboxCall call = flow.call();
    String status = form.get("Status");
    if ("completed".equals(status)) {
      call.note("webhook", SandboxCall.HANG_UP);
    }
    if (call.finalStatus() != null) {
      throw RestError.notInProgress();
    }
    Reply otherwise = "completed".equals(status) ? HangUpQuirks.answer(call) : null;
    if (otherwise != null) {
      return otherwise;
    }
    change(flow, form, status);
    return Reply.json(200, RestJson.call(call));
  }

  private static void change(CallFlow flow, Form form, @Nullable String status) {
    SandboxCall call = flow.call();
    String url = form.get("Url");
    String twiml = form.get("Twiml");
    if ("completed".equals(status)) {
      call.end("api");
    } else if ("canceled".equals(status)) {
      if (call.currentStatus() != CallStatus.IN_PROGRESS) {
        call.end("api");
      }
    } else if (status != null) {
      throw RestError.badRequest(20001, "Status is not completed or canceled: " + status);
    } else if (url != null || twiml != null) {
      CallRequest.checkInstructions(url, twiml);
      Instructions instructions =
          url == null
              ? new Instructions.Inline(String.valueOf(twiml))
              : new Instructions.Fetch(url, form.get("Method", "POST"), Map.of());
      if (!flow.redirect(instructions)) {
        throw RestError.notInProgress();
      }
      call.note("webhook", "REST: new TwiML");
    }
  }

  private Reply recordings(String method, CallFlow flow, String path, Form query, Form form) {
    return switch (method) {
      case "GET" -> {
        List<Map<String, Object>> all =
            flow.recordings().stream()
                .map(recording -> RestJson.recording(flow.call(), recording))
                .toList();
        yield list("recordings", path, query, all);
      }
      case "POST" -> {
        Recording recording = Recording.of(form);
        if (!flow.record(recording, twilio.url().toString())) {
          throw RestError.notInProgress();
        }
        yield Reply.json(201, RestJson.recording(flow.call(), recording));
      }
      default -> throw notAllowed(method);
    };
  }

  private static Reply list(
      String name, String path, Form query, List<Map<String, Object>> everything) {
    return Reply.json(200, RestJson.page(name, path, query, new ArrayList<>(everything)));
  }

  private CallFlow find(String callSid, String path) {
    CallFlow flow = ledger.find(callSid);
    if (flow == null) {
      throw RestError.notFound(path);
    }
    return flow;
  }

  private void authenticate(@Nullable String header) {
    String expected = settings.accountSid() + ":" + settings.authToken();
    String basic =
        "Basic " + Base64.getEncoder().encodeToString(expected.getBytes(StandardCharsets.UTF_8));
    if (!basic.equals(header)) {
      throw new RestError(401, 20003, "Authenticate");
    }
  }

  private static RestError notAllowed(String method) {
    return new RestError(405, 20004, "Method not allowed: " + method);
  }
}
