package dev.callbridge.load;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// How much longer than its stages an agent of our own takes to answer: from the last loud frame
/// that a caller sends to the first audio that comes back, less what speech-to-text, the model and
/// text-to-speech had of it.
final class TurnBenchmark implements Switchboard {

  private static final int FIRST_CALL_SECONDS = 5;
  private static final int RINGS_PER_SECOND = 10;
  private static final int DRAIN_SECONDS = 3;
  private static final double GOAL_MILLIS = 20;

  private final Stages stages;
  private final Metronome metronome = new Metronome(new Tally());
  private final List<TurnCaller> callers = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Long> overheads = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unmatched = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean measuring;
  private volatile boolean over;

  private TurnBenchmark(Stages stages) {
    this.stages = stages;
  }

  static int run(Options options, Cores cores) throws Exception {
    var account = new Account(options.authToken());
    try (var stages = new Stages();
        Relay relay =
            Relay.start(options, cores, stages.port(), account, settings(stages.port()))) {
      var benchmark = new TurnBenchmark(stages);
      try (var carrier = new Carrier(benchmark, relay.url(), account, "?assistant=own")) {
        return benchmark.measure(options, carrier);
      } finally {
        benchmark.clock.shutdownNow();
      }
    }
  }

  private static Map<String, String> settings(int port) {
    return Map.of(
        "CALLBRIDGE_ASSISTANTS_OWN_FIRSTMESSAGE", "Hello.",
        "CALLBRIDGE_ASSISTANTS_OWN_OWN_MODEL_URL", "http://127.0.0.1:" + port + "/v1",
        "CALLBRIDGE_ASSISTANTS_OWN_OWN_MODEL_NAME", "load");
  }

  private int measure(Options options, Carrier carrier) throws InterruptedException {
    clock.scheduleAtFixedRate(metronome, 0, Metronome.SLOT_NANOS, TimeUnit.NANOSECONDS);
    System.out.printf(
        "turns of %d calls, %d s to warm up, %d s measured%n",
        options.calls(), options.warmup(), options.seconds());
    // The first finds a relay that has never had a call.
    carrier.ringUntil(1, 1);
    TimeUnit.SECONDS.sleep(FIRST_CALL_SECONDS);
    carrier.ringUntil(options.calls(), RINGS_PER_SECOND);
    TimeUnit.SECONDS.sleep(options.warmup());
    int before = unanswered();
    measuring = true;
    TimeUnit.SECONDS.sleep(options.seconds());
    measuring = false;
    TimeUnit.SECONDS.sleep(DRAIN_SECONDS);
    int within = unanswered() - before;
    over = true;
    metronome.stop();
    callers.forEach(TurnCaller::hangUp);
    return report(options, before, within);
  }

  private int unanswered() {
    return callers.stream().mapToInt(TurnCaller::unanswered).sum();
  }

  /// @param before turns, or greetings, that nobody heard within ten seconds of the warm-up
  /// @param unanswered the same of the window
  private int report(Options options, int before, int unanswered) {
    double[] millis = overheads.stream().mapToDouble(nanos -> nanos / 1e6).sorted().toArray();
    System.out.printf(
        "%d calls, %d turns measured, %d unanswered (and %d while it warmed up), %d not told apart, %d failures %s%n",
        callers.size(),
        millis.length,
        unanswered,
        before,
        unmatched.get(),
        failures.size(),
        failures.stream().distinct().limit(5).toList());
    if (millis.length == 0) {
      return 1;
    }
    System.out.printf(
        "beyond the stages' own time: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, most %.1f ms%n",
        at(millis, 0.5), at(millis, 0.9), at(millis, 0.99), millis[millis.length - 1]);
    boolean whole = callers.size() == options.calls() && unanswered == 0 && failures.isEmpty();
    return whole && at(millis, 0.5) < GOAL_MILLIS ? 0 : 1;
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))];
  }

  @Override
  public void connect(
      int number, String callSid, URI stream, String signature, Map<String, String> parameters) {
    var caller = new TurnCaller(callSid, stream, signature, parameters, this::answered, this::gone);
    callers.add(caller);
    clock.execute(() -> metronome.add(number, caller));
  }

  private void answered(String turn, long nanos) {
    if (turn.isEmpty()) {
      // The greeting.
      return;
    }
    Long spent = stages.takeSpent(turn);
    if (measuring && spent != null) {
      overheads.add(nanos - spent);
    } else if (measuring) {
      unmatched.incrementAndGet();
    }
  }

  private void gone() {
    if (!over) {
      fail("the relay ended a call");
    }
  }

  @Override
  public void fail(String why) {
    failures.add(why);
  }

  @Override
  public void webhookTook(long nanos) {}
}
