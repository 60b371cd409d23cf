package dev.callbridge.call;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Rings when the database says that somebody wants something done in a call, or that it was done.
/// A reminder to look, no more: whoever waits for something looks by itself now and then too.
@Component
public class CommandBell {

  /// The channel on which the database says so.
  public static final String CHANNEL = "callbridge_command";

  private final Sinks.Many<Long> rings = Sinks.many().multicast().directBestEffort();

  /// One who does not listen at the moment misses it.
  public synchronized void ring() {
    rings.tryEmitNext(0L);
  }

  public Flux<Long> rings() {
    return rings.asFlux();
  }
}
