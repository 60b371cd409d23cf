package dev.callbridge.load;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.LoggerFactory;

/// Plays Twilio and ElevenLabs for many calls at once against the relay, and prints what each call
/// costs.
///
/// Ends with 0 when the relay carried the calls, 1 when it did not, 2 when the figures cannot be
/// trusted.
public final class LoadBenchmark {

  private static final int CARRIED = 0;
  private static final int BROKEN = 1;
  private static final int INVALID = 2;

  private static final int STEP_SETTLE_SECONDS = 3;

  /// A window in which the tool itself was held up says nothing about the relay, and is tried
  /// again.
  private static final int STEP_ATTEMPTS = 3;

  private LoadBenchmark() {}

  public static void main(String[] arguments) {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    int verdict = INVALID;
    try {
      Options options = Options.fromSystemProperties();
      stopAfter(longest(options));
      Files.createDirectories(options.output());
      verdict = options.selfcheck() ? SelfCheck.run() : rehearsed(options);
    } catch (Throwable e) {
      e.printStackTrace();
    }
    // Not by falling off the end: nothing that is still running may keep this process, or its
    // relay.
    System.exit(verdict);
  }

  private static int rehearsed(Options options) throws Exception {
    Cores cores = options.relayUrl() == null ? Cores.claim() : new Cores(-1, -1);
    if (options.rehearsal() == 0) {
      return run(options, cores);
    }
    Path cache = options.output().resolve("relay.aot").toAbsolutePath();
    Files.deleteIfExists(cache);
    System.out.printf("a rehearsal of %d s%n", options.rehearsal());
    run(options.forRehearsal("-XX:AOTCacheOutput=" + cache), cores);
    if (!Files.exists(cache)) {
      throw new IllegalStateException("the rehearsal left no cache; relay.log says why");
    }
    // With a cache that does not fit, it does not start.
    return run(options.afterRehearsal("-XX:AOTMode=on", "-XX:AOTCache=" + cache), cores);
  }

  private static int run(Options options, Cores cores) throws Exception {
    if (options.floor()) {
      return Floor.run(options, cores);
    }
    return options.turns() ? TurnBenchmark.run(options, cores) : calls(options, cores);
  }

  private static int calls(Options options, Cores cores) throws Exception {
    var account = new Account(options.authToken());
    var calls = new Calls(options.port());
    try (Relay relay =
            options.relayUrl() == null
                ? Relay.start(options, cores, calls.port(), account)
                : Relay.attach(options.relayUrl(), options.relayPid());
        var run = new Run(calls, relay, cores, account)) {
      return options.search() ? search(options, run) : once(options, relay, run);
    }
  }

  private static int once(Options options, Relay relay, Run run) throws Exception {
    double idle = Usage.resident(relay.pid());
    var jcmd = new Jcmd(relay.pid(), options.output().resolve("jcmd.log"));
    double idleLive = jcmd.liveHeap();
    System.out.printf(
        "%d calls, %d s to warm up, %d s measured%n",
        options.calls(), options.warmup(), options.seconds());
    run.raise(options.calls(), options.warmup());
    Path recording = options.output().resolve("relay.jfr");
    boolean profiled = options.profile() && Profile.start(jcmd);
    Window window = run.measure(options.seconds());
    if (profiled) {
      Profile.stop(jcmd, recording);
    }
    double loadedLive = jcmd.liveHeap();
    int left = run.hangUp();
    var memory = new Report.Memory(idle, idleLive, window.resident(), loadedLive);
    int verdict =
        run.calls.onLoop(() -> {
          Report.print(window, run.calls.tally, memory, left);
          return verdict(window, run.calls.tally, left);
        });
    if (profiled) {
      Profile.print(recording);
    }
    return verdict;
  }

  /// Adds calls to those on the line until the relay no longer carries them all.
  private static int search(Options options, Run run) throws Exception {
    int seconds = Math.max(1, options.seconds() / 3);
    int carried = 0;
    Report.printStepHeader();
    for (int n = options.step(); n <= Options.MOST_CALLS; n += options.step()) {
      run.raise(n, carried == 0 ? options.warmup() : STEP_SETTLE_SECONDS);
      Step step = step(run, seconds);
      for (int i = 1; i < STEP_ATTEMPTS && step.invalid(); i++) {
        step = step(run, seconds);
      }
      if (!step.why().isEmpty()) {
        Report.printMost(carried, n, step.why(), step.invalid());
        run.hangUp();
        return step.invalid() ? INVALID : CARRIED;
      }
      carried = n;
    }
    Report.printMost(carried, carried, List.of("that is as far as the search goes"), true);
    run.hangUp();
    return INVALID;
  }

  /// One window of a search, and why it is the last; nothing when the search goes on.
  private record Step(List<String> why, boolean invalid) {}

  private static Step step(Run run, int seconds) throws InterruptedException {
    Window window = run.measure(seconds);
    Tally tally = run.calls.tally;
    return run.calls.onLoop(() -> {
      Report.printStep(window, tally);
      List<String> invalid = window.invalid(tally);
      return invalid.isEmpty() ? new Step(window.faults(tally), false) : new Step(invalid, true);
    });
  }

  private static int verdict(Window window, Tally tally, int left) {
    if (!window.invalid(tally).isEmpty()) {
      return INVALID;
    }
    return window.faults(tally).isEmpty() && left == 0 ? CARRIED : BROKEN;
  }

  private static Duration longest(Options options) {
    long steps = options.search() ? Options.MOST_CALLS / options.step() + 1 : 1;
    long ramp = Options.MOST_CALLS / Options.RINGS_PER_SECOND;
    return Duration.ofSeconds(
        300
            + options.rehearsal()
            + ramp
            + options.warmup()
            + steps * (STEP_ATTEMPTS * (options.seconds() + 20L)));
  }

  /// Whatever hangs, the process ends, and its shutdown hooks end the relay and the database.
  private static void stopAfter(Duration longest) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            Thread.sleep(longest);
            System.out.println("given up after " + longest);
            System.exit(INVALID);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
