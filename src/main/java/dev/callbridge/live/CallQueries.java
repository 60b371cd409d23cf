package dev.callbridge.live;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallResources;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Calls, their evidence and what was said in them.
@RestController
@RequestMapping(CallResource.PATH)
class CallQueries {

  private static final int MAX_PAGE = 200;

  private final CallStore calls;
  private final CallResources resources;
  private final Transcripts transcripts;

  CallQueries(CallStore calls, CallResources resources, Transcripts transcripts) {
    this.calls = calls;
    this.resources = resources;
    this.transcripts = transcripts;
  }

  /// @param next the `before` of the next page, null on the last
  record Page(List<CallResource> calls, @Nullable UUID next) {}

  /// One piece of evidence; `details` as it came.
  record EventResource(
      CallEvent.Kind kind, CallEvent.Source source, Instant at, Map<String, String> details) {}

  record Events(List<EventResource> events) {}

  record TurnResource(
      Turn.Role role,
      String text,
      String heard,
      @Nullable String corrected,
      boolean interrupted,
      Instant at) {}

  record Transcript(List<TurnResource> turns) {}

  /// Newest first.
  @GetMapping
  Mono<Page> list(
      @RequestParam(required = false) @Nullable UUID before,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "limit: " + limit + " is not from 1 to " + MAX_PAGE);
    }
    return calls
        .list(before, limit + 1)
        .collectList()
        .flatMap(resources::of)
        .map(found ->
            found.size() <= limit
                ? new Page(found, null)
                : new Page(found.subList(0, limit), found.get(limit - 1).id()));
  }

  @GetMapping("/{id}")
  Mono<CallResource> one(@PathVariable UUID id) {
    return find(id).flatMap(resources::of);
  }

  /// In the order they were stored.
  @GetMapping("/{id}/events")
  Mono<Events> events(@PathVariable UUID id) {
    return find(id)
        .thenMany(calls.events(id))
        .map(event -> new EventResource(event.kind(), event.source(), event.at(), event.details()))
        .collectList()
        .map(Events::new);
  }

  @GetMapping("/{id}/transcript")
  Mono<Transcript> transcript(@PathVariable UUID id) {
    return find(id)
        .thenMany(transcripts.of(id))
        .map(turn ->
            new TurnResource(
                turn.role(),
                turn.text(),
                turn.heard(),
                turn.corrected(),
                turn.interrupted(),
                turn.at()))
        .collectList()
        .map(Transcript::new);
  }

  private Mono<Call> find(UUID id) {
    return calls
        .find(id)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has the id " + id)));
  }
}
