package dev.callbridge.live;

import dev.callbridge.call.EventLog;
import dev.callbridge.call.EventLog.OpenCalls;
import dev.callbridge.call.Position;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Where a stream begins: behind the event that its client has seen last, or with a snapshot.
@Component
class Beginnings {

  private final EventLog past;
  private final StreamParts parts;

  /// What those who come now will share; null while nobody waits.
  private @Nullable Mono<Snapshot> queued;

  /// Completes when the read before that one is over.
  private Sinks.Empty<Void> free = Sinks.empty();

  Beginnings(StreamParts parts) {
    this.parts = parts;
    past = parts.past();
    free.tryEmitEmpty();
  }

  record Beginning(Iterator<byte[]> first, Position from) {}

  private record Snapshot(List<Frame> frames, OpenCalls calls) {}

  /// @param lastSeen null for a snapshot; 0 for everything that is stored
  Mono<Beginning> of(StreamFilter filter, @Nullable Long lastSeen) {
    UUID call = filter.call();
    Mono<Snapshot> snapshot =
        call == null ? Mono.defer(this::shared) : read(call).doOnNext(Beginnings::isKnown);
    if (lastSeen == null) {
      return snapshot.map(seen -> snapshot(seen, filter, Stream.empty()));
    }
    Mono<Beginning> resumed =
        (lastSeen == 0 ? Mono.just(Position.START) : past.find(lastSeen))
            .map(from -> new Beginning(List.of(Frames.OPENING).iterator(), from))
            .switchIfEmpty(
                Mono.defer(() ->
                    snapshot.map(seen ->
                        snapshot(
                            seen, filter, Stream.of(Frames.resync(Frames.Resync.UNKNOWN_EVENT))))));
    return call == null ? resumed : snapshot.then(resumed);
  }

  /// Many may come at once, after an instance was lost. One read is under way at a time, and who
  /// comes meanwhile waits for the next: what one is given is never older than its question.
  private synchronized Mono<Snapshot> shared() {
    if (queued == null) {
      Mono<Void> before = free.asMono();
      Sinks.Empty<Void> after = Sinks.empty();
      free = after;
      queued =
          before
              .then(
                  Mono.defer(() -> {
                    closeQueue();
                    return read(null);
                  }))
              .doFinally(_ -> after.tryEmitEmpty())
              .cache();
    }
    return queued;
  }

  private synchronized void closeQueue() {
    queued = null;
  }

  private Mono<Snapshot> read(@Nullable UUID call) {
    return past.openCalls(call)
        .publishOn(parts.scheduler())
        .map(open -> new Snapshot(open.calls().stream().map(Frames::snapshot).toList(), open));
  }

  private static void isKnown(Snapshot snapshot) {
    if (snapshot.frames().isEmpty()) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has this id");
    }
  }

  private static Beginning snapshot(Snapshot seen, StreamFilter filter, Stream<byte[]> before) {
    Stream<byte[]> calls = seen.frames().stream().filter(filter::wants).map(Frame::bytes);
    byte[] ready = Frames.ready(seen.calls().lastId(), seen.calls().isAll());
    return new Beginning(
        Stream.of(Stream.of(Frames.OPENING), before, calls, Stream.of(ready))
            .flatMap(part -> part)
            .iterator(),
        seen.calls().position());
  }
}
