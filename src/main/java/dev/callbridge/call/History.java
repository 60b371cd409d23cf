package dev.callbridge.call;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The evidence of one call in the order of storing, and what followed from it at each step. The
/// same on every instance and at every time: the row may be ahead of a step or behind it.
///
/// @param ids the events' own, in the same order
record History(Call row, List<CallEvent> events, List<Long> ids) {

  /// Selects what [#of] reads, of a call `c`.
  static final String COLUMNS =
      """
      c.*, (
        SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'source', e.source,
          'key', e.source_key, 'at', e.at, 'details', e.details) ORDER BY e.xact, e.id)
        FROM call_event e WHERE e.call_id = c.id AND e.xact < h.xmin) AS evidence, (
        SELECT array_agg(e.id ORDER BY e.xact, e.id)
        FROM call_event e WHERE e.call_id = c.id AND e.xact < h.xmin) AS ids
      """;

  static History of(Readable row) {
    Call call = CallRows.call(row);
    Long @Nullable [] ids = row.get("ids", Long[].class);
    return new History(
        call, CallRows.events(row, call.id()), ids == null ? List.of() : List.of(ids));
  }

  /// Those of the events that are asked for by id.
  Stream<LoggedEvent> at(Map<Long, Position> wanted) {
    List<CallTruth> steps = steps();
    return IntStream.range(0, events.size())
        .filter(i -> wanted.containsKey(ids.get(i)))
        .mapToObj(i ->
            new LoggedEvent(
                wanted.getOrDefault(ids.get(i), Position.START),
                events.get(i),
                steps.get(i).state(),
                as(steps.get(i + 1))));
  }

  Call now() {
    return as(steps().getLast());
  }

  private Call as(CallTruth truth) {
    return new Call(row.id(), row.plan(), truth, row.created());
  }

  /// One more than there are events: the first is what was known before any.
  private List<CallTruth> steps() {
    CallTruth[] steps = new CallTruth[events.size() + 1];
    steps[0] = CallTruth.of(List.of());
    for (int i = 0; i < events.size(); i++) {
      List<CallEvent> seen = events.subList(0, i + 1);
      CallTruth next = steps[i].with(seen);
      steps[i + 1] =
          next.state() == CallState.ENDED && row.isOver() ? row.truth().with(seen) : next;
    }
    return List.of(steps);
  }
}
