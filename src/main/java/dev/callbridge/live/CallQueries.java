package dev.callbridge.live;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallNotes;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallResources;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Transcripts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// One call, its evidence and what was said in it.
@RestController
@RequestMapping(CallResource.PATH)
class CallQueries {

  private final CallStore calls;
  private final CallResources resources;
  private final CallNotes notes;
  private final Transcripts transcripts;

  CallQueries(CallStore calls, CallResources resources, CallNotes notes, Transcripts transcripts) {
    this.calls = calls;
    this.resources = resources;
    this.notes = notes;
    this.transcripts = transcripts;
  }

  /// One piece of evidence; `details` as it came.
  record EventResource(
      CallEvent.Kind kind, CallEvent.Source source, Instant at, Map<String, String> details) {}

  record Events(List<EventResource> events) {}

  record Transcript(List<TurnResource> turns) {}

  @GetMapping("/{id}")
  Mono<CallDetail> one(@PathVariable String id) {
    return find(id)
        .flatMap(call ->
            Mono.zip(
                    resources.of(call),
                    notes.of(call.id()).collectList(),
                    timeline(call),
                    turns(call.id()))
                .map(all -> new CallDetail(all.getT1(), all.getT2(), all.getT3(), all.getT4())));
  }

  private Mono<List<CallDetail.Step>> timeline(Call call) {
    return calls
        .events(call.id())
        .map(event -> CallDetail.Step.of(event, call.created()))
        .collectSortedList(Comparator.comparing(CallDetail.Step::at));
  }

  private Mono<List<TurnResource>> turns(UUID id) {
    return transcripts.of(id).map(TurnResource::of).collectList();
  }

  /// In the order they were stored.
  @GetMapping("/{id}/events")
  Mono<Events> events(@PathVariable String id) {
    return find(id)
        .flatMapMany(call -> calls.events(call.id()))
        .map(event -> new EventResource(event.kind(), event.source(), event.at(), event.details()))
        .collectList()
        .map(Events::new);
  }

  @GetMapping("/{id}/transcript")
  Mono<Transcript> transcript(@PathVariable String id) {
    return find(id).flatMap(call -> turns(call.id())).map(Transcript::new);
  }

  private Mono<Call> find(String id) {
    return calls
        .find(QueryReader.callId(id))
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has the id " + id)));
  }
}
