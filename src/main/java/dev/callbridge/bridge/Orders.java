package dev.callbridge.bridge;

import dev.callbridge.twilio.ToTwilio;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/// What somebody beside the caller and the agent wants done in a session: one thing after the
/// other, among the agent's voice and on the thread that carries it.
final class Orders {

  /// That wait. One more is refused.
  private static final int MAX_WAITING = 4;

  /// Says what of it goes to the line.
  interface Order extends Supplier<List<ToTwilio>> {}

  private final Sinks.Many<Order> waiting =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));

  /// @return false when too many wait, or nobody hears of it any more
  boolean give(Order order) {
    // Who steers and the agent's tools may do so at the same time.
    synchronized (waiting) {
      return waiting.tryEmitNext(order).isSuccess();
    }
  }

  /// No longer than the voice.
  Flux<ToTwilio> among(Flux<ToTwilio> voice) {
    return Flux.deferContextual(context -> {
      Sinks.Empty<Void> over = Sinks.empty();
      Flux<ToTwilio> between =
          waiting
              .asFlux()
              .publishOn(thread(context))
              .concatMapIterable(Supplier::get, 1)
              .takeUntilOther(over.asMono());
      return Flux.merge(1, voice.doOnTerminate(over::tryEmitEmpty), between);
    });
  }

  /// The thread that carries a call's voices.
  static Scheduler thread(ContextView context) {
    return context
        .<EventLoop>getOrEmpty(EventLoop.class)
        .map(Schedulers::fromExecutor)
        .orElseGet(Schedulers::immediate);
  }
}
