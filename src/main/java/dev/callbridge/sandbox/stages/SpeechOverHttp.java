package dev.callbridge.sandbox.stages;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/// Text-to-speech over HTTP, in pieces. The voice is its script, where it is not that of the socket
/// alone: `unknown` is none, `hoarse` speaks nothing but what begins with "I am sorry", `mute-too`
/// never answers.
record SpeechOverHttp(SandboxStages stages, Synthesis synthesis) {

  private static final int PIECE = 4_000;
  private static final JsonMapper JSON = new JsonMapper();

  Publisher<Void> answer(String voice, String body, HttpServerResponse response) {
    if (voice.equals("unknown")) {
      return response
          .status(404)
          .header("Content-Type", "application/json")
          .sendString(
              Mono.just("{\"detail\":{\"status\":\"voice_not_found\",\"message\":\"none\"}}"));
    }
    String text = JSON.readTree(body).path("text").asString("");
    stages.spokenOverHttp(text);
    if (voice.equals("mute-too")) {
      return Mono.never();
    } else if (voice.equals("hoarse") && !text.startsWith("I am sorry")) {
      return response.status(503).send();
    }
    byte[] speech = synthesis.speak(text);
    return response
        .header("Content-Type", "audio/mpeg")
        .sendObject(
            Flux.fromStream(() -> IntStream.rangeClosed(0, (speech.length - 1) / PIECE).boxed())
                .map(i ->
                    Arrays.copyOfRange(speech, i * PIECE, Math.min(speech.length, (i + 1) * PIECE)))
                .map(Unpooled::wrappedBuffer));
  }
}
