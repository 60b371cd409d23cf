package dev.callbridge.telephony;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.POST;

import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.WebhookForm;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// The addresses of Twilio's webhooks. [WebhookFilter] has let them pass.
@Configuration(proxyBeanMethods = false)
class TelephonyRoutes {

  @Bean
  RouterFunction<ServerResponse> telephony(
      VoiceWebhook voice,
      AfterStream afterStream,
      Transfers transfers,
      StatusWebhooks status,
      StreamTwiML twiml) {
    HandlerFunction<ServerResponse> answer =
        request -> xml(voice.answer(form(request), query(request)));
    return RouterFunctions.route()
        .route(
            POST("/twilio/voice")
                .or(POST("/api/v1/elevenlabs-twilio/call/incoming"))
                .or(POST("/twiml"))
                .or(GET("/twiml")),
            answer)
        .POST(
            "/twilio/voice/after-stream",
            request ->
                Mono.justOrEmpty(CallIds.parse(query(request).get("call")))
                    .flatMap(id -> afterStream.answer(id, number(request), form(request)))
                    .defaultIfEmpty(twiml.apology())
                    .flatMap(document -> xml(Mono.just(document))))
        .POST(
            "/twilio/voice/whisper",
            request ->
                xml(
                    Mono.justOrEmpty(CallIds.parse(query(request).get("call")))
                        .flatMap(transfers::whisper)
                        .defaultIfEmpty(TwiML.nothing())))
        .POST(
            "/twilio/voice/after-transfer",
            request ->
                xml(
                    Mono.justOrEmpty(CallIds.parse(query(request).get("call")))
                        .flatMap(id -> transfers.after(id, number(request), form(request)))
                        .defaultIfEmpty(TwiML.hangUp())))
        .POST(
            "/twilio/voice/message-left",
            request ->
                xml(
                    Mono.justOrEmpty(CallIds.parse(query(request).get("call")))
                        .flatMap(status::messageLeft)
                        .defaultIfEmpty(TwiML.hangUp())))
        .POST("/twilio/voice/fallback", _ -> xml(Mono.just(twiml.apology())))
        .POST("/twilio/status", request -> noContent(status.status(form(request))))
        .POST("/twilio/status/{call}", evidence(status::status))
        .POST("/twilio/stream-status/{call}", evidence(status::stream))
        .POST("/twilio/amd/{call}", evidence(status::machineDetection))
        .POST("/twilio/recording/{call}", evidence(status::recording))
        .build();
  }

  private static HandlerFunction<ServerResponse> evidence(
      BiFunction<UUID, WebhookForm, Mono<Void>> store) {
    return request ->
        noContent(
            Mono.justOrEmpty(CallIds.parse(request.pathVariable("call")))
                .flatMap(id -> store.apply(id, form(request))));
  }

  private static Mono<ServerResponse> noContent(Mono<Void> done) {
    return done.then(ServerResponse.noContent().build());
  }

  private static Mono<ServerResponse> xml(Mono<String> document) {
    return document.flatMap(
        twiml -> ServerResponse.ok().contentType(MediaType.TEXT_XML).bodyValue(twiml));
  }

  /// The form, or the query of a GET, which has none.
  private static WebhookForm form(ServerRequest request) {
    WebhookForm form = WebhookFilter.form(request.exchange());
    return form.parameters().isEmpty() ? WebhookForm.parse(request.uri().getRawQuery()) : form;
  }

  private static int number(ServerRequest request) {
    String number = query(request).getOrDefault("stream", "1");
    return number.matches("[1-9]") ? Integer.parseInt(number) : 1;
  }

  private static Map<String, String> query(ServerRequest request) {
    return request.queryParams().toSingleValueMap();
  }
}
