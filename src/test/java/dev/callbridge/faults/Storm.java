package dev.callbridge.faults;

import dev.callbridge.elevenlabs.ReportSigning;
import dev.callbridge.elevenlabs.WebhookSignature;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.secrets.Secret;
import dev.callbridge.twilio.TwilioSignature;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The same webhook many times at once, signed as its vendor signs it, to one instance and another
/// by turns.
final class Storm {

  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<URI> instances;
  private final World world;
  private final TwilioSignature twilio;
  private final SortedMap<Integer, Integer> answers = new ConcurrentSkipListMap<>();
  private final AtomicInteger sent = new AtomicInteger();

  Storm(List<URI> instances, World world) {
    this.instances = instances;
    this.world = world;
    this.twilio = new TwilioSignature(List.of(new Secret(World.token())));
  }

  /// How many were answered with which status so far.
  Map<Integer, Integer> answers() {
    return answers;
  }

  int sent() {
    return sent.get();
  }

  void voice(SandboxCall line, int times) {
    form("/twilio/voice", parameters(line, "in-progress"), times);
  }

  void status(SandboxCall line, String callId, String status, int times) {
    form("/twilio/status/" + callId, parameters(line, status), times);
  }

  void afterStream(SandboxCall line, String callId, int times) {
    form(
        "/twilio/voice/after-stream?call=" + callId + "&stream=1",
        parameters(line, "completed"),
        times);
  }

  /// ElevenLabs's report of that conversation.
  void report(String conversation, String secret, int times) {
    String body =
        """
        {"type":"post_call_transcription","event_timestamp":1,"data":{"conversation_id":"%s","status":"done",\
        "analysis":{"call_successful":"success","transcript_summary":"Fine."}}}\
        """
            .formatted(conversation);
    String signature = ReportSigning.header(secret, Instant.now().getEpochSecond(), body);
    send(
        "/elevenlabs/webhook",
        Map.of("Content-Type", "application/json", WebhookSignature.HEADER, signature),
        body,
        times);
  }

  private static Map<String, String> parameters(SandboxCall line, String status) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("AccountSid", line.accountSid());
    form.put("CallSid", line.callSid());
    form.put("CallStatus", status);
    form.put("Direction", "inbound");
    form.put("From", line.from());
    form.put("To", line.to());
    return form;
  }

  private void form(String path, Map<String, String> form, int times) {
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    send(
        path,
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature",
            twilio.sign(world.url(path).toString(), List.copyOf(form.entrySet()))),
        body,
        times);
  }

  private void send(String path, Map<String, String> headers, String body, int times) {
    Flux.fromStream(IntStream.range(0, times).boxed())
        .flatMap(i -> post(instances.get(i % instances.size()).resolve(path), headers, body), times)
        .blockLast(AT_MOST);
  }

  private Mono<Integer> post(URI url, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(AT_MOST).POST(BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return Mono.fromFuture(() -> HTTP.sendAsync(request.build(), BodyHandlers.discarding()))
        .map(answer -> {
          sent.incrementAndGet();
          answers.merge(answer.statusCode(), 1, Integer::sum);
          return answer.statusCode();
        });
  }
}
