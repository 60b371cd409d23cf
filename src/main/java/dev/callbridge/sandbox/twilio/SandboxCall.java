package dev.callbridge.sandbox.twilio;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One telephone call at the sandbox's Twilio: what happened on it, and the caller's hands.
///
/// Everything read here is a snapshot, and may be read from any thread while the call runs. Times
/// are counted from the call's creation.
public final class SandboxCall {

  /// Something that happened. Kinds: `status`, `webhook`, `twiml`, `verb`, `say`, `stream`, `mark`,
  /// `clear`, `dtmf`, `amd`, `caller`, `callback`, `recording`, `dropped`, `verdict`, `hang-up`.
  public record Entry(Duration at, String kind, String detail) {}

  /// A `media` message from the server, and what became of its bytes.
  ///
  /// @param played bytes the caller has heard of it
  /// @param cleared bytes a `clear` took away
  /// @param dropped whether it came when ten minutes of sound were already waiting
  public record Received(Duration at, int bytes, int played, int cleared, boolean dropped) {}

  private record PlayedFrame(Duration at, int offset) {}

  /// The entry of a request to end the call, whatever it was answered.
  static final String HANG_UP = "REST: Status=completed";

  /// Enough for a call of hours; past it the timeline stays as it is.
  private static final int MAX_ENTRIES = 20_000;

  /// 30 minutes of speech. What is played past it is not kept.
  private static final int MAX_HEARD = 30 * 60 * 8000;

  private static final int MAX_RECEIVED = 100_000;
  private static final int MAX_DIGITS = 100;

  private final String callSid = Sids.next("CA");
  private final String accountSid;
  private final String from;
  private final String to;
  private final String direction;
  private final Instant created = Instant.now();
  private final long createdNanos = System.nanoTime();

  private final Sinks.One<String> hangUp = Sinks.one();
  private final Sinks.One<SandboxCall> ended = Sinks.one();
  private final Sinks.One<SandboxCall> settled = Sinks.one();

  // All of these are guarded by timeline.
  private final List<Entry> timeline = new ArrayList<>();
  private final List<Integer> verdicts = new ArrayList<>();
  private final List<String> spoken = new ArrayList<>();
  private final List<Piece> received = new ArrayList<>();
  private final List<PlayedFrame> frames = new ArrayList<>();
  private final Deque<Character> digits = new ArrayDeque<>();
  private ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private CallStatus status = CallStatus.QUEUED;
  private @Nullable Instant started;
  private @Nullable Instant answered;
  private @Nullable Instant finished;
  private @Nullable String answeredBy;

  SandboxCall(String accountSid, String from, String to, String direction) {
    this.accountSid = accountSid;
    this.from = from;
    this.to = to;
    this.direction = direction;
  }

  public String callSid() {
    return callSid;
  }

  public String accountSid() {
    return accountSid;
  }

  public String from() {
    return from;
  }

  public String to() {
    return to;
  }

  /// `inbound` or `outbound-api`.
  public String direction() {
    return direction;
  }

  public List<Entry> timeline() {
    synchronized (timeline) {
      return List.copyOf(timeline);
    }
  }

  /// When that was.
  public Instant at(Entry entry) {
    return created.plus(entry.at());
  }

  /// Twilio's error and warning codes for this call, in the order they arose.
  public List<Integer> verdicts() {
    synchronized (timeline) {
      return List.copyOf(verdicts);
    }
  }

  /// The text of every `<Say>` begun.
  public List<String> spoken() {
    synchronized (timeline) {
      return List.copyOf(spoken);
    }
  }

  /// The mu-law the caller heard from the stream, without the gaps.
  public byte[] heard() {
    synchronized (timeline) {
      return heard.toByteArray();
    }
  }

  /// What the caller heard from that time on.
  public byte[] heardSince(Duration at) {
    synchronized (timeline) {
      int offset =
          frames.stream()
              .filter(frame -> frame.at().compareTo(at) >= 0)
              .mapToInt(PlayedFrame::offset)
              .findFirst()
              .orElse(heard.size());
      return Arrays.copyOfRange(heard.toByteArray(), offset, heard.size());
    }
  }

  /// Every conforming `media` message of the server, in order of arrival.
  public List<Received> received() {
    synchronized (timeline) {
      return received.stream().map(Piece::snapshot).toList();
    }
  }

  /// When each `clear` came.
  public List<Duration> clears() {
    return timeline().stream()
        .filter(entry -> entry.kind().equals("clear"))
        .map(Entry::at)
        .toList();
  }

  /// Requests to end the call that have come in.
  public int hangUpRequests() {
    return (int) timeline().stream().filter(entry -> entry.detail().equals(HANG_UP)).count();
  }

  /// The state REST reports: `queued`, `ringing`, `in-progress` or a final one.
  public String status() {
    return currentStatus().rest;
  }

  /// `completed`, `busy`, `failed`, `no-answer` or `canceled`; null while the call lives.
  public @Nullable String finalStatus() {
    CallStatus now = currentStatus();
    return now.isFinal() ? now.wire : null;
  }

  /// Emits once the call is over, at once where it is. Bounded by whoever subscribes.
  public Mono<SandboxCall> ended() {
    return ended.asMono();
  }

  /// Emits once the call is over and its status callbacks have been delivered or given up on.
  public Mono<SandboxCall> settled() {
    return settled.asMono();
  }

  /// The person puts the telephone down.
  public void hangUp() {
    end("caller");
  }

  /// The person presses keys, as soon as a stream is there to carry them.
  public void press(String keys) {
    synchronized (timeline) {
      keys.chars().limit(MAX_DIGITS - digits.size()).forEach(key -> digits.add((char) key));
    }
  }

  @Nullable Character nextDigit() {
    synchronized (timeline) {
      return digits.poll();
    }
  }

  /// Ends the call, in the name of `by`. Only the first one counts.
  void end(String by) {
    hangUp.tryEmitValue(by);
  }

  Mono<String> ending() {
    return hangUp.asMono();
  }

  void hasEnded() {
    ended.tryEmitValue(this);
  }

  void hasSettled() {
    settled.tryEmitValue(this);
  }

  Duration now() {
    return Duration.ofNanos(System.nanoTime() - createdNanos);
  }

  void note(String kind, String detail) {
    synchronized (timeline) {
      if (timeline.size() < MAX_ENTRIES) {
        timeline.add(new Entry(now(), kind, detail));
      }
    }
  }

  void verdict(int code, String detail) {
    synchronized (timeline) {
      verdicts.add(code);
      note("verdict", code + " " + detail);
    }
  }

  void say(String text) {
    synchronized (timeline) {
      spoken.add(text);
      note("say", text);
    }
  }

  void hears(byte[] frame, int length) {
    synchronized (timeline) {
      if (heard.size() < MAX_HEARD) {
        frames.add(new PlayedFrame(now(), heard.size()));
        heard.write(frame, 0, length);
      }
    }
  }

  void receives(Piece piece) {
    synchronized (timeline) {
      if (received.size() < MAX_RECEIVED) {
        received.add(piece);
      }
    }
  }

  void become(CallStatus next) {
    synchronized (timeline) {
      status = next;
      Instant now = Instant.now();
      if (next == CallStatus.INITIATED || (next == CallStatus.RINGING && started == null)) {
        started = now;
      } else if (next == CallStatus.IN_PROGRESS) {
        answered = now;
      } else if (next.isFinal()) {
        finished = now;
      }
      note("status", next.wire);
    }
  }

  void answeredBy(String who) {
    synchronized (timeline) {
      answeredBy = who;
      note("amd", who);
    }
  }

  /// Lets go of the sound, the one part of an old call that weighs something.
  void forgetSound() {
    synchronized (timeline) {
      heard = new ByteArrayOutputStream(0);
      frames.clear();
      received.clear();
    }
  }

  CallStatus currentStatus() {
    synchronized (timeline) {
      return status;
    }
  }

  Instant created() {
    return created;
  }

  @Nullable Instant started() {
    synchronized (timeline) {
      return started;
    }
  }

  @Nullable Instant answered() {
    synchronized (timeline) {
      return answered;
    }
  }

  @Nullable Instant finished() {
    synchronized (timeline) {
      return finished;
    }
  }

  @Nullable String answeredBy() {
    synchronized (timeline) {
      return answeredBy;
    }
  }

  /// Whole seconds from answer to end, as Twilio bills them; zero for a call nobody answered.
  long seconds() {
    synchronized (timeline) {
      if (answered == null || finished == null) {
        return 0;
      }
      return (Duration.between(answered, finished).toMillis() + 999) / 1000;
    }
  }
}
