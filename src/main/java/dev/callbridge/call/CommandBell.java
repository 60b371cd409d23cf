package dev.callbridge.call;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Rings when the database says that somebody wants something done in a call, or that it was done.
/// A reminder to look, no more: whoever waits for something looks by itself now and then too.
@Component
public class CommandBell {

  /// The channel on which the database says so.
  public static final String CHANNEL = "callbridge_command";

  /// What is rung for commands that are to be taken.
  private static final String GIVEN = "";

  private final Sinks.Many<String> rings = Sinks.many().multicast().directBestEffort();

  /// One who does not listen at the moment misses it.
  ///
  /// @param what the notification's payload: nothing, or the command that is settled
  public synchronized void ring(@Nullable String what) {
    rings.tryEmitNext(what == null ? GIVEN : what);
  }

  public Flux<String> given() {
    return rings.asFlux().filter(GIVEN::equals);
  }

  public Flux<String> settled(UUID command) {
    return rings.asFlux().filter(command.toString()::equals);
  }
}
