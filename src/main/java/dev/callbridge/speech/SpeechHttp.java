package dev.callbridge.speech;

import dev.callbridge.requests.InvalidRequestException;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// How ElevenLabs is asked for speech over HTTP, and what whoever wanted it is told when there is
/// none.
final class SpeechHttp {

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  private SpeechHttp() {}

  /// @param connections at a time; so many more as `waiting` wait for their turn, each for `wait`
  /// @param response to its first byte, and between two
  static WebClient client(
      String name, int connections, int waiting, Duration wait, Duration response) {
    ConnectionProvider pool =
        ConnectionProvider.builder(name)
            .maxConnections(connections)
            .pendingAcquireMaxCount(waiting)
            .pendingAcquireTimeout(wait)
            .maxIdleTime(Duration.ofSeconds(30))
            .build();
    return WebClient.builder()
        .clientConnector(
            new ReactorClientHttpConnector(
                HttpClient.create(pool)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                    .followRedirect(false)
                    .responseTimeout(response)))
        .build();
  }

  /// @param voice the field that names the voice
  static Throwable refusal(Throwable e, String voice) {
    return switch (e) {
      case WebClientResponseException answer
          when answer.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND) ->
          InvalidRequestException.badRequest(voice, "is not a voice of this account");
      case WebClientResponseException answer ->
          new ResponseStatusException(
              HttpStatus.BAD_GATEWAY, "ElevenLabs answered with " + answer.getStatusCode().value());
      case TimeoutException _, WebClientException _ ->
          new ResponseStatusException(HttpStatus.BAD_GATEWAY, "ElevenLabs does not answer");
      default -> e;
    };
  }
}
