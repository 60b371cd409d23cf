package dev.callbridge.load;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One call of a [StandIn]: Twilio's socket joined to the agent's in the most obvious way.
final class StandInCall {

  /// The two ways out of every call, for audio that goes astray.
  record Directory(List<Sinks.Many<String>> callers, List<Sinks.Many<String>> agents) {
    Directory() {
      this(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }
  }

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP = HttpClient.create(ConnectionProvider.newConnection());

  private final Fault fault;
  private final URI vendor;
  private final Directory all;
  private final Sinks.Many<String> toAgent = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Many<String> toCaller = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.One<String> started = Sinks.one();
  private volatile String streamSid = "";
  private volatile @Nullable String lastMedia;
  private int astray;

  StandInCall(Fault fault, URI vendor, Directory all) {
    this.fault = fault;
    this.vendor = vendor;
    this.all = all;
    all.agents().add(toAgent);
    all.callers().add(toCaller);
  }

  Mono<Void> bridge(WebsocketInbound in, WebsocketOutbound out, Predicate<String> signed) {
    Mono<Void> heard =
        fault
            .plant(in.receive().asString().mapNotNull(this::fromTwilio))
            .doOnNext(message -> emit(sometimes(all.agents().getFirst(), toAgent), message))
            .doFinally(_ -> toAgent.tryEmitComplete())
            .then();
    Mono<Void> spoken =
        started
            .asMono()
            .filter(signed)
            .flatMap(_ -> converse())
            .doFinally(_ -> toCaller.tryEmitComplete());
    Mono<Void> said = out.sendString(toCaller.asFlux()).then();
    return Mono.when(heard, spoken, said).then(out.sendClose());
  }

  private Mono<Void> converse() {
    return HTTP.headers(headers -> headers.set("xi-api-key", Account.ELEVENLABS_KEY))
        .get()
        .uri(vendor + "/v1/convai/conversation/get-signed-url?agent_id=" + Account.AGENT_ID)
        .responseContent()
        .aggregate()
        .asString()
        .map(json -> JSON.readTree(json).path("signed_url").asString())
        .flatMap(url -> HTTP.websocket().uri(url).handle(this::agent).then());
  }

  private Publisher<Void> agent(WebsocketInbound in, WebsocketOutbound out) {
    Mono<Void> listen =
        fault
            .plant(in.receive().asString().mapNotNull(this::fromAgent))
            .doOnNext(this::play)
            .then();
    Mono<Void> speak =
        out.sendString(
                toAgent.asFlux().startWith("{\"type\":\"conversation_initiation_client_data\"}"))
            .then()
            .then(out.sendClose().then());
    return Mono.when(listen, speak);
  }

  private @Nullable String fromTwilio(String text) {
    JsonNode message = JSON.readTree(text);
    switch (message.path("event").asString()) {
      case "start" -> {
        streamSid = message.path("streamSid").asString();
        boolean known = message.at("/start/customParameters/token").asString("").equals("a&b");
        if (known) {
          started.tryEmitValue(message.at("/start/callSid").asString());
        }
      }
      case "media" -> {
        return "{\"user_audio_chunk\":\"" + message.at("/media/payload").asString() + "\"}";
      }
      default -> {}
    }
    return null;
  }

  private @Nullable String fromAgent(String text) {
    JsonNode message = JSON.readTree(text);
    switch (message.path("type").asString()) {
      case "audio" -> {
        return """
        {"event":"media","streamSid":"%s","media":{"payload":"%s"}}\
        """
            .formatted(streamSid, message.at("/audio_event/audio_base_64").asString());
      }
      case "ping" -> {
        if (fault != Fault.NEVER_PONGS) {
          int id = message.at("/ping_event/event_id").asInt();
          emit(toAgent, "{\"type\":\"pong\",\"event_id\":" + id + "}");
        }
      }
      case "interruption" -> interrupt();
      default -> {}
    }
    return null;
  }

  private void play(String media) {
    lastMedia = media;
    emit(sometimes(all.callers().getFirst(), toCaller), media);
    emit(toCaller, control("mark", ",\"mark\":{\"name\":\"spoken\"}"));
  }

  private void interrupt() {
    for (int i = 0;
        i < (fault == Fault.NEVER_CLEARS ? 0 : fault == Fault.CLEARS_TWICE ? 2 : 1);
        i++) {
      emit(toCaller, control("clear", ""));
    }
    String stale = lastMedia;
    if (fault == Fault.PLAYS_ON && stale != null) {
      emit(toCaller, stale);
    }
  }

  private String control(String event, String rest) {
    return "{\"event\":\"" + event + "\",\"streamSid\":\"" + streamSid + "\"" + rest + "}";
  }

  private Sinks.Many<String> sometimes(Sinks.Many<String> other, Sinks.Many<String> own) {
    return fault == Fault.MISROUTES && ++astray % 8 == 0 ? other : own;
  }

  private static void emit(Sinks.Many<String> sink, String message) {
    while (sink.tryEmitNext(message) == Sinks.EmitResult.FAIL_NON_SERIALIZED) {
      Thread.onSpinWait();
    }
  }
}
