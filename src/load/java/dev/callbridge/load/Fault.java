package dev.callbridge.load;

import java.time.Duration;
import java.util.Collections;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What can be wrong with a relay, and how the tally must show it. Each is planted in a [StandIn].
enum Fault {
  NONE(tally -> both(tally, Direction::isClean) && quick(tally) && polite(tally)),
  LOSES(tally -> both(tally, d -> d.missing() > 0 && d.lost > 0)),
  REPEATS(tally -> both(tally, d -> d.duplicated > 0 && d.missing() == 0 && d.lost == 0)),
  REORDERS(tally -> both(tally, d -> d.reordered > 0 && d.missing() == 0 && d.lost == 0)),
  DELAYS(tally ->
      both(tally, d -> at(d, 50) >= 40 && at(d, 50) < 80 && d.missing() == 0 && d.lost == 0)),
  STALLS(tally -> both(tally, d -> at(d, 50) < 20 && at(d, 100) >= 200)),
  ALTERS(tally -> both(tally, d -> d.altered > 0)),
  MISROUTES(tally -> both(tally, d -> d.misrouted > 0)),
  PLAYS_ON(tally -> tally.toCaller.stale > 0),
  NEVER_CLEARS(tally -> tally.interruptions > 0 && tally.cleared == 0),
  CLEARS_TWICE(tally -> tally.clearsUnasked > 0),
  NEVER_PONGS(tally -> tally.pings > 0 && tally.pongs == 0),
  REFUSES(tally -> tally.failures.toString().contains("webhook answered 503")),
  HANGS_UP(tally -> tally.failures.toString().contains("the relay ended the call"));

  private static final int EVERY = 37;

  private final Predicate<Tally> shows;

  Fault(Predicate<Tally> shows) {
    this.shows = shows;
  }

  boolean isSeen(Tally tally) {
    return shows.test(tally);
  }

  /// The audio messages of one direction of one call, with the fault in them.
  Flux<String> plant(Flux<String> audio) {
    return switch (this) {
      case LOSES -> audio.index().filter(m -> m.getT1() % 7 != 5).map(m -> m.getT2());
      case REPEATS ->
          audio
              .index()
              .flatMapIterable(m -> Collections.nCopies(m.getT1() % 7 == 5 ? 2 : 1, m.getT2()));
      case REORDERS ->
          audio.index().flatMap(m -> held(m.getT2(), m.getT1() % 7 == 5 ? 600 : 0), 1_000);
      case DELAYS -> audio.delaySequence(Duration.ofMillis(50));
      case STALLS ->
          audio.index().concatMap(m -> held(m.getT2(), m.getT1() % EVERY == 5 ? 250 : 0));
      case ALTERS -> audio.index().map(m -> m.getT1() % 8 == 0 ? altered(m.getT2()) : m.getT2());
      default -> audio;
    };
  }

  private static Mono<String> held(String message, int millis) {
    Mono<String> now = Mono.just(message);
    return millis == 0 ? now : now.delayElement(Duration.ofMillis(millis));
  }

  /// Another character well behind the stamp.
  private static String altered(String message) {
    int at = message.length() - 40;
    char other = message.charAt(at) == 'A' ? 'B' : 'A';
    return message.substring(0, at) + other + message.substring(at + 1);
  }

  private static boolean both(Tally tally, Predicate<Direction> holds) {
    return tally.toAgent.sent > 0
        && tally.toCaller.sent > 0
        && holds.test(tally.toAgent)
        && holds.test(tally.toCaller);
  }

  private static double at(Direction direction, double percentile) {
    return Window.millis(direction.latency, percentile);
  }

  private static boolean quick(Tally tally) {
    return both(tally, d -> at(d, 50) < 20);
  }

  private static boolean polite(Tally tally) {
    return tally.interruptions > 0
        && tally.cleared == tally.interruptions
        && tally.clearsUnasked == 0
        && tally.pings > 0
        && tally.pongs == tally.pings
        && tally.failures.isEmpty()
        && tally.complaints.isEmpty();
  }
}
