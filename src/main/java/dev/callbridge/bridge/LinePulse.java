package dev.callbridge.bridge;

import dev.callbridge.call.Ending;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Notices when a line goes dead, in either direction. Twilio sends audio without pause, silence
/// included, so no audio is not silence; and a socket that takes nothing is not one that has
/// nothing to take. A beat costs the writing of a field; only the watching has a timer, one a
/// second, on the thread of the call's own sockets: another would have to be woken for it.
final class LinePulse {

  /// This long without any audio is a dead line.
  static final Duration LINE_TIMEOUT = Duration.ofSeconds(10);

  /// This long with bytes that the socket does not take.
  static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration TICK = Duration.ofSeconds(1);

  private final LongSupplier unsentBytes;
  private final BooleanSupplier isToEnd;
  private final Scheduler timer;

  private int beats;

  private int beatsAtLastTick = -1;
  private long silentTicks;
  private long unsentAtLastTick;
  private long stuckTicks;

  /// @param unsentBytes what the socket has not taken yet
  /// @param isToEnd whether this process cannot carry the call any longer
  /// @param timer of the thread that beats
  LinePulse(LongSupplier unsentBytes, BooleanSupplier isToEnd, Scheduler timer) {
    this.unsentBytes = unsentBytes;
    this.isToEnd = isToEnd;
    this.timer = timer;
  }

  void beat() {
    beats++;
  }

  /// Fails with [LineException] when the line is dead; never completes.
  ///
  /// @param alsoWatched run at every tick; what it throws is the failure
  Mono<Void> lost(Runnable alsoWatched) {
    return Flux.interval(TICK, timer)
        .onBackpressureDrop()
        .<Void>handle((_, _) -> {
          check();
          alsoWatched.run();
        })
        .then();
  }

  private void check() {
    if (isToEnd.getAsBoolean()) {
      throw new LineException(Ending.INTERRUPTED, "draining");
    }
    silentTicks = beats == beatsAtLastTick ? silentTicks + 1 : 0;
    beatsAtLastTick = beats;
    if (silentTicks >= LINE_TIMEOUT.toSeconds()) {
      throw new LineException(Ending.LINE_LOST, "no_media");
    }
    long unsent = unsentBytes.getAsLong();
    stuckTicks = unsent > 0 && unsent >= unsentAtLastTick ? stuckTicks + 1 : 0;
    unsentAtLastTick = unsent;
    if (stuckTicks >= SEND_TIMEOUT.toSeconds()) {
      throw new LineException(Ending.LINE_LOST, "send_timeout");
    }
  }
}
