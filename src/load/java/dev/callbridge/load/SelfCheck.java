package dev.callbridge.load;

import java.net.URI;

/// Proves that the benchmark sees what is wrong: a good relay must come out clean, and each planted
/// fault must show as what it is.
final class SelfCheck {

  private static final int CALLS = 40;
  private static final int SECONDS = 3;

  /// How often to look when the machine is too busy for the tool itself.
  private static final int ATTEMPTS = 4;

  private enum Sight {
    SEEN,
    MISSED,
    /// The tool was too late to tell.
    BLURRED
  }

  private SelfCheck() {}

  static int run() throws InterruptedException {
    int missed = 0;
    for (Fault fault : Fault.values()) {
      Sight sight = look(fault);
      for (int i = 1; i < ATTEMPTS && sight == Sight.BLURRED; i++) {
        sight = look(fault);
      }
      System.out.printf("%-14s %s%n", fault, sight);
      missed += sight == Sight.SEEN ? 0 : 1;
    }
    System.out.printf(
        "%d of %d as expected%n", Fault.values().length - missed, Fault.values().length);
    return missed == 0 ? 0 : 1;
  }

  private static Sight look(Fault fault) throws InterruptedException {
    var account = new Account("0123456789abcdef0123456789abcdef");
    var calls = new Calls(0);
    URI vendor = URI.create("http://127.0.0.1:" + calls.port());
    try (var relay = new StandIn(fault, 0, vendor, account);
        var run = new Run(calls, Relay.attach(relay.url(), 0), new Cores(-1, -1), account)) {
      run.raise(CALLS, 0);
      Window window = run.measure(SECONDS);
      int left = run.hangUp();
      return calls.onLoop(() -> judge(fault, window, calls.tally, left));
    }
  }

  private static Sight judge(Fault fault, Window window, Tally tally, int left) {
    // A relay with a fault must also be called broken, and one without must not.
    boolean broken = !window.faults(tally).isEmpty() || left > 0;
    if (fault.isSeen(tally) && broken == (fault != Fault.NONE)) {
      return Sight.SEEN;
    }
    if (!window.invalid(tally).isEmpty()) {
      return Sight.BLURRED;
    }
    Report.print(window, tally, Report.Memory.UNKNOWN, left);
    return Sight.MISSED;
  }
}
