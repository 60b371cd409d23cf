package dev.callbridge.load;

import java.net.URI;

/// Proves that the benchmark sees what is wrong: a good relay must come out clean, and each planted
/// fault must show as what it is.
final class SelfCheck {

  private static final int CALLS = 40;
  private static final int SECONDS = 3;

  private SelfCheck() {}

  static int run() throws InterruptedException {
    int missed = 0;
    for (Fault fault : Fault.values()) {
      boolean seen = isSeen(fault);
      System.out.printf("%-14s %s%n", fault, seen ? "seen" : "MISSED");
      missed += seen ? 0 : 1;
    }
    System.out.printf(
        "%d of %d as expected%n", Fault.values().length - missed, Fault.values().length);
    return missed == 0 ? 0 : 1;
  }

  private static boolean isSeen(Fault fault) throws InterruptedException {
    var account = new Account("0123456789abcdef0123456789abcdef");
    var calls = new Calls(0);
    var cores = new Cores(-1, -1);
    try (var relay =
            new StandIn(fault, 0, URI.create("http://127.0.0.1:" + calls.port()), account);
        var run = new Run(calls, Relay.attach(relay.url(), 0), cores, account)) {
      run.raise(CALLS, 0);
      Window window = run.measure(SECONDS);
      int left = run.hangUp();
      return calls.onLoop(() -> {
        boolean seen = fault.isSeen(calls.tally);
        if (!seen) {
          Report.print(window, calls.tally, Report.Memory.UNKNOWN, left);
        }
        // A relay with a fault must also be called broken, and one without must not.
        return seen && window.faults(calls.tally).isEmpty() == (fault == Fault.NONE);
      });
    }
  }
}
