package dev.callbridge.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallState;
import dev.callbridge.call.Latency;
import dev.callbridge.call.LoggedEvent;
import dev.callbridge.call.Position;
import dev.callbridge.call.TurnLog.ChangedTurn;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// What goes down a stream. Names and fields are the API's: `docs/watching.md` has them.
final class Frames {

  // Made once, here: a mapper that first meets a type locks while it learns it.
  private static final ObjectWriter EVENT = writer(EventData.class);
  private static final ObjectWriter TURN = writer(TurnData.class);
  private static final ObjectWriter SNAPSHOT = writer(SnapshotData.class);

  /// How long a client waits before it comes again, and a first sign of life.
  static final byte[] OPENING = "retry: 1000\n\n".getBytes(UTF_8);

  static final byte[] HEARTBEAT = ": still here\n\n".getBytes(UTF_8);

  /// This instance takes no more; another one may go on from the last id.
  static final byte[] GOODBYE = ": come again\n\n".getBytes(UTF_8);

  private Frames() {}

  enum Resync {
    /// The subscriber was too slow, and what it has not read is gone.
    TOO_SLOW,
    /// No stored event has the id that it came with.
    UNKNOWN_EVENT
  }

  record EventData(
      long id,
      CallEvent.Kind kind,
      CallEvent.Source source,
      Instant at,
      Map<String, String> details,
      CallState stateBefore,
      CallView call) {}

  record TurnData(
      UUID callId,
      int position,
      String role,
      String text,
      String heard,
      @Nullable String corrected,
      boolean interrupted,
      Instant at,
      @Nullable Latency latency) {}

  record SnapshotData(CallView call) {}

  static Frame event(LoggedEvent logged) {
    CallEvent event = logged.event();
    long id = logged.position().id();
    EventData data =
        new EventData(
            id,
            event.kind(),
            event.source(),
            event.at(),
            event.details(),
            logged.before(),
            CallView.of(logged.call()));
    byte[] bytes = encode("id: " + id + "\nevent: event\ndata: ", EVENT.writeValueAsBytes(data));
    return frame(logged.position(), logged.call(), logged.before(), bytes);
  }

  static Frame turn(ChangedTurn changed) {
    var turn = changed.turn();
    Call call = changed.call();
    TurnData data =
        new TurnData(
            call.id(),
            turn.position(),
            turn.role().name(),
            turn.text(),
            turn.heard(),
            turn.corrected(),
            turn.interrupted(),
            turn.at(),
            turn.latency());
    byte[] bytes = encode("event: turn\ndata: ", TURN.writeValueAsBytes(data));
    return frame(null, call, call.truth().state(), bytes);
  }

  static Frame snapshot(Call call) {
    byte[] json = SNAPSHOT.writeValueAsBytes(new SnapshotData(CallView.of(call)));
    return frame(null, call, call.truth().state(), encode("event: snapshot\ndata: ", json));
  }

  /// The snapshot is complete. Its id is the last event's that the snapshot knows of.
  static byte[] ready(long id, boolean isAll) {
    return "id: %d\nevent: ready\ndata: {\"allCalls\":%b}\n\n".formatted(id, isAll).getBytes(UTF_8);
  }

  /// The empty id makes a browser forget the one it has, and so ask for a snapshot next time.
  static byte[] resync(Resync why) {
    return "id:\nevent: resync\ndata: {\"reason\":\"%s\"}\n\n".formatted(why).getBytes(UTF_8);
  }

  private static Frame frame(
      @Nullable Position position, Call call, CallState before, byte[] bytes) {
    return new Frame(
        position,
        call.id(),
        before,
        call.truth().state(),
        call.plan().assistant(),
        call.plan().direction(),
        bytes);
  }

  /// One line of JSON, since JSON has its line breaks escaped.
  private static byte[] encode(String head, byte[] json) {
    byte[] start = head.getBytes(UTF_8);
    byte[] bytes = new byte[start.length + json.length + 2];
    System.arraycopy(start, 0, bytes, 0, start.length);
    System.arraycopy(json, 0, bytes, start.length, json.length);
    bytes[bytes.length - 2] = '\n';
    bytes[bytes.length - 1] = '\n';
    return bytes;
  }

  private static ObjectWriter writer(Class<?> type) {
    return JsonMapper.shared().writerFor(type);
  }
}
