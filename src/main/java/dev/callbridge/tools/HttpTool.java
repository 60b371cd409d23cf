package dev.callbridge.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallStore;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A tool that asks somebody's service: a request from templates, and of the answer what was
/// configured to be told.
///
/// What comes back is a stranger's: no more of it is read than fits, compressed or redirected it is
/// not read at all, and how slowly it comes is bounded by the deadline.
final class HttpTool implements Tool {

  static final int MAX_BYTES = 64 * 1024;

  private static final Duration AFTER_THE_DEADLINE = Duration.ofSeconds(1);

  private final String name;
  private final HttpToolSettings settings;
  private final UrlTemplate url;
  private final @Nullable BodyTemplate body;
  private final ResultMapping result;
  private final boolean needsCall;
  private final Egress egress;
  private final CallStore calls;

  HttpTool(String name, HttpToolSettings settings, Egress egress, CallStore calls) {
    this.name = name;
    this.settings = settings;
    this.egress = egress;
    this.calls = calls;
    url = new UrlTemplate(settings.url());
    body = settings.body() == null ? null : new BodyTemplate(settings.body());
    result = new ResultMapping(settings.result());
    needsCall = names().stream().anyMatch(Placeholders::isOfTheCall);
  }

  UrlTemplate url() {
    return url;
  }

  /// All that the templates ask for.
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(url.names());
    if (body != null) {
      names.addAll(body.names());
    }
    return names;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return settings.description();
  }

  @Override
  public String parameters() {
    return settings.parameters();
  }

  @Override
  public Duration deadline() {
    return settings.deadline();
  }

  @Override
  public boolean isReadOnly() {
    return settings.isReadOnly();
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    return values(request).flatMap(values -> ask(request, values));
  }

  /// The arguments, and what is known of the call. The agent cannot give the latter: an argument's
  /// name has no dot in it.
  private Mono<JsonNode> values(ToolRequest request) {
    if (!needsCall) {
      return Mono.just(request.arguments());
    }
    return calls
        .find(request.callId())
        .map(call -> values(request.arguments(), call))
        .switchIfEmpty(Mono.error(() -> new ToolException("This call is not known.")));
  }

  private static JsonNode values(JsonNode arguments, Call call) {
    ObjectNode values = arguments.deepCopy().asObject();
    values.put("call.id", call.id().toString());
    values.put("call.from", call.plan().from());
    values.put("call.to", call.plan().to());
    values.put("call.assistant", call.plan().assistant());
    return values;
  }

  private Mono<ToolResult> ask(ToolRequest request, JsonNode values) {
    String filled = url.fill(values);
    @Nullable String sent = body == null ? null : body.fill(values);
    return egress
        .client()
        // The deadline is the box's, which then cancels this: were both due, either might win.
        .responseTimeout(settings.deadline().plus(AFTER_THE_DEADLINE))
        .headers(headers -> {
          headers.set(HttpHeaderNames.ACCEPT, "application/json, text/plain;q=0.5");
          headers.set(HttpHeaderNames.USER_AGENT, "Callbridge");
          if (sent != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
          }
          if (!settings.isReadOnly()) {
            headers.set("Idempotency-Key", idempotencyKey(request));
          }
          settings.headers().forEach(headers::set);
        })
        .request(HttpMethod.valueOf(settings.method()))
        .uri(filled)
        .send((_, out) ->
            sent == null ? out : out.sendObject(Unpooled.wrappedBuffer(sent.getBytes(UTF_8))))
        .response(this::read)
        .next()
        .onErrorMap(
            e -> !(e instanceof ToolException),
            // Of what it was about nothing is told: messages hold addresses.
            _ -> new ToolException("The service could not be reached."));
  }

  /// The same for a tool call that is run again, and a different one for any other.
  private static String idempotencyKey(ToolRequest request) {
    return request.callId() + "-" + HexFormat.of().formatHex(ToolUse.sha256(request.toolCallId()));
  }

  private Mono<ToolResult> read(HttpClientResponse response, ByteBufFlux bytes) {
    int status = response.status().code();
    String encoding = response.responseHeaders().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    String type =
        response
            .responseHeaders()
            .get(HttpHeaderNames.CONTENT_TYPE, "")
            .split(";", 2)[0]
            .strip()
            .toLowerCase(Locale.ROOT);
    if (status == 204) {
      return Mono.just(ToolResult.done("{\"data\":null}"));
    } else if (status >= 200 && status < 300) {
      if (!encoding.equalsIgnoreCase("identity")
          || !type.matches("application/(.+\\+)?json|text/plain")) {
        return Mono.error(new ToolException("The service's answer cannot be read."));
      }
      return text(bytes).map(text -> ToolResult.done(result.map(text, !type.equals("text/plain"))));
    } else if (Set.of(400, 404, 405, 406, 409, 410, 412, 415, 422).contains(status)) {
      return Mono.just(ToolResult.refused("The service says that it cannot be done."));
    }
    return Mono.error(new ToolException("The service does not work at the moment."));
  }

  private static Mono<String> text(ByteBufFlux bytes) {
    return bytes
        .asByteArray()
        .collect(
            ByteArrayOutputStream::new,
            (all, part) -> {
              if (all.size() + part.length > MAX_BYTES) {
                throw new ToolException("The service's answer is too long.");
              }
              all.writeBytes(part);
            })
        .map(all -> all.toString(UTF_8));
  }
}
