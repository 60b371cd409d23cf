package dev.callbridge.live;

import dev.callbridge.call.LiveCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Whether this instance takes calls, and which media sockets it carries.
@RestController
@RequestMapping("/api/v1/elevenlabs-twilio")
class ServiceController {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final LiveCalls live;
  private final DatabaseClient database;
  private final ApplicationAvailability availability;

  ServiceController(LiveCalls live, DatabaseClient database, ApplicationAvailability availability) {
    this.live = live;
    this.database = database;
    this.availability = availability;
  }

  /// @param status `UP` exactly when all three others are as they should be
  /// @param database `UP` or `DOWN`
  /// @param accepting whether a new call would be taken now
  record Health(String status, String database, boolean accepting, int connections, int limit) {}

  /// @param since when the media socket said which call it is
  record ConnectionResource(UUID callId, String callSid, String streamSid, Instant since) {}

  record Connections(int count, List<ConnectionResource> connections) {}

  /// 200 when a call would be taken, else 503.
  @GetMapping("/test")
  Mono<ResponseEntity<Health>> test() {
    return database
        .sql("SELECT 1")
        .fetch()
        .one()
        .timeout(TIMEOUT)
        .map(_ -> true)
        .onErrorReturn(false)
        .map(this::health);
  }

  private ResponseEntity<Health> health(boolean isDatabaseUp) {
    boolean accepting =
        live.hasRoom() && availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
    boolean up = isDatabaseUp && accepting;
    return ResponseEntity.status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            new Health(
                up ? "UP" : "DOWN",
                isDatabaseUp ? "UP" : "DOWN",
                accepting,
                live.connections().size(),
                live.limit()));
  }

  /// Of this instance, oldest first.
  @GetMapping("/connections")
  Connections connections() {
    List<ConnectionResource> connections =
        live.connections().stream()
            .map(
                it -> new ConnectionResource(it.callId(), it.callSid(), it.streamSid(), it.since()))
            .sorted(Comparator.comparing(ConnectionResource::since))
            .toList();
    return new Connections(connections.size(), connections);
  }
}
