package dev.callbridge.live;

import dev.callbridge.call.EventLog;
import dev.callbridge.call.Position;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/// One client of the stream. It is given the next piece when the last one has left for its socket,
/// so that one that does not read holds one piece and no more.
///
/// It begins with what it was given to begin with, goes on from the database until the ring has all
/// that follows, and stays with the ring. One that the ring has left behind then is told so, and
/// its stream ends.
final class Subscriber {

  private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

  /// A thousand who do not read hold one each, outside the heap, which live calls need too.
  private static final int PIECE = 4 * 1024;

  private static final int PAGE = 25;
  private static final int READ = 8;

  private final StreamFilter filter;
  private final FrameRing ring;
  private final EventLog past;
  private final LevelBoard levels;
  private final Scheduler scheduler;
  private final Duration heartbeat;

  /// Who is to be woken when there is something new; null while nobody waits.
  private final AtomicReference<@Nullable MonoSink<Boolean>> waiting = new AtomicReference<>();

  /// What is to be said before anything that follows the position.
  private Iterator<byte[]> opening = Collections.emptyIterator();

  private Position position = Position.START;

  /// The ring's next; -1 while it is not there yet.
  private volatile long number = -1;

  /// Which levels it was shown last.
  private volatile long levelsSeen;

  /// Since when a piece has been on its way to the socket, or when the last one had left.
  private volatile long since = System.nanoTime();

  private volatile boolean writing;
  private volatile byte @Nullable [] lastWords;
  private volatile boolean over;

  Subscriber(
      StreamFilter filter,
      FrameRing ring,
      EventLog past,
      LevelBoard levels,
      Scheduler scheduler,
      Duration heartbeat) {
    this.filter = filter;
    this.ring = ring;
    this.past = past;
    this.levels = levels;
    this.scheduler = scheduler;
    this.heartbeat = heartbeat;
  }

  StreamFilter filter() {
    return filter;
  }

  /// What to say first, and the position that it leads to.
  void beginWith(Iterator<byte[]> first, Position from) {
    opening = first;
    position = from;
  }

  /// To be written one after the other; each looks for its content only when it is asked for.
  Flux<Mono<byte[]>> pieces() {
    return Flux.generate(sink -> {
      if (over) {
        sink.complete();
      } else {
        sink.next(Mono.defer(this::next).subscribeOn(scheduler));
      }
    });
  }

  private Mono<byte[]> next() {
    writing = false;
    return over
        ? Mono.empty()
        : Mono.defer(this::available)
            .repeatWhenEmpty(times -> times.concatMap(_ -> news()))
            .doOnNext(_ -> {
              since = System.nanoTime();
              writing = true;
            });
  }

  private Mono<byte[]> available() {
    byte[] last = lastWords;
    if (last != null) {
      over = true;
      return Mono.just(last);
    } else if (opening.hasNext()) {
      return Mono.just(join(opening));
    } else if (number < 0) {
      number = ring.seek(position);
    }
    return number < 0 && ring.isOpen() ? fromThePast() : fromTheRing();
  }

  private Mono<byte[]> fromThePast() {
    return past.after(position, filter.call(), PAGE)
        .publishOn(scheduler)
        .flatMap(page -> {
          position = page.next();
          opening =
              page.events().stream()
                  .map(Frames::event)
                  .filter(filter::wants)
                  .map(Frame::bytes)
                  .iterator();
          return Mono.justOrEmpty(opening.hasNext() ? join(opening) : heartbeat());
        })
        .onErrorResume(e -> {
          LOG.warn("a stream ends, the database cannot be read: {}", e.toString());
          over = true;
          return Mono.just(Frames.GOODBYE);
        });
  }

  private Mono<byte[]> fromTheRing() {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    while (number >= 0 && piece.size() < PIECE && ring.hasMoreThan(number)) {
      if (ring.hasDropped(number)) {
        over = true;
        return Mono.just(Frames.resync(Frames.Resync.TOO_SLOW));
      }
      for (Frame frame : ring.read(number, READ)) {
        if (piece.size() >= PIECE) {
          break;
        }
        number++;
        take(frame, piece);
      }
    }
    return Mono.justOrEmpty(piece.size() == 0 ? onTheSide() : piece.toByteArray());
  }

  private void take(Frame frame, ByteArrayOutputStream piece) {
    Position at = frame.position();
    if (at != null) {
      if (!at.isAfter(position)) {
        return;
      }
      position = at;
    }
    if (filter.wants(frame)) {
      piece.writeBytes(frame.bytes());
    }
  }

  /// What is shown when there is nothing to be told: only ever the latest.
  private byte @Nullable [] onTheSide() {
    if (hasLevels()) {
      levelsSeen = levels.version();
      return levels.frame(filter.call());
    }
    return heartbeat();
  }

  private boolean hasLevels() {
    return filter.levels() && levelsSeen != levels.version();
  }

  private byte @Nullable [] heartbeat() {
    return isDue() ? Frames.HEARTBEAT : null;
  }

  private boolean isDue() {
    return !writing && System.nanoTime() - since >= heartbeat.toNanos();
  }

  /// Never empty, and a piece too long only by its last frame.
  private static byte[] join(Iterator<byte[]> frames) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    while (frames.hasNext() && piece.size() < PIECE) {
      piece.writeBytes(frames.next());
    }
    return piece.toByteArray();
  }

  private Mono<Boolean> news() {
    return Mono.create(sink -> {
      waiting.set(sink);
      if (hasNews()) {
        wake();
      }
    });
  }

  private boolean hasNews() {
    long next = number;
    return lastWords != null
        || isDue()
        || (next >= 0 && hasLevels())
        || (next < 0 ? ring.isOpen() : ring.hasMoreThan(next));
  }

  /// There is something new for whoever waits.
  void wake() {
    MonoSink<Boolean> sleeper = waiting.getAndSet(null);
    if (sleeper != null) {
      scheduler.schedule(() -> sleeper.success(true));
    }
  }

  void wakeIfDue() {
    if (isDue()) {
      wake();
    }
  }

  /// Says that, next, and nothing after it.
  void end(byte[] words) {
    lastWords = words;
    wake();
  }

  /// Nothing more is written.
  void abandon() {
    over = true;
    wake();
  }

  /// Whether it takes longer over a piece than that, or has been left behind by the ring in it.
  boolean isStalled(Duration longest) {
    long next = number;
    return writing
        && (System.nanoTime() - since > longest.toNanos() || (next >= 0 && ring.hasDropped(next)));
  }
}
