package dev.callbridge.load;

import java.util.concurrent.TimeUnit;

/// One load on one relay, from the first ring to the last hang-up.
final class Run implements AutoCloseable {

  /// How long a frame may be under way before it is missing.
  private static final long DRAIN_SECONDS = 2;

  private static final int CONNECT_SECONDS = 10;
  private static final int HANG_UP_SECONDS = 10;

  final Calls calls;

  private final Relay relay;
  private final Cores cores;
  private final Carrier carrier;

  Run(Calls calls, Relay relay, Cores cores, Account account) {
    this.calls = calls;
    this.relay = relay;
    this.cores = cores;
    this.carrier = new Carrier(calls, relay.url(), account);
  }

  /// Raises the load to this many calls, and waits until each has heard its agent or time is up.
  void raise(int total, int settleSeconds) throws InterruptedException {
    carrier.ringUntil(total, Options.RINGS_PER_SECOND);
    for (int i = 0; i < CONNECT_SECONDS * 10 && calls.connected() < total; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    TimeUnit.SECONDS.sleep(settleSeconds);
  }

  /// Measures for so long; what is still under way when the window closes has time to arrive.
  Window measure(int seconds) throws InterruptedException {
    int connected = calls.connected();
    calls.onLoop(() -> {
      calls.tally.openWindow(System.nanoTime());
      return true;
    });
    Usage start = Usage.now(relay.pid(), cores);
    TimeUnit.SECONDS.sleep(seconds);
    Usage used = Usage.now(relay.pid(), cores).since(start);
    double resident = Usage.resident(relay.pid());
    calls.onLoop(() -> {
      calls.tally.closeWindow(System.nanoTime());
      return true;
    });
    TimeUnit.SECONDS.sleep(DRAIN_SECONDS);
    int left = calls.connected();
    return new Window(
        carrier.rung(), connected, Math.min(connected, left), used, resident, cores.pinned());
  }

  /// Ends all calls. The conversations that the relay has left open a while after are a leak.
  int hangUp() throws InterruptedException {
    calls.fallSilent();
    TimeUnit.SECONDS.sleep(DRAIN_SECONDS);
    calls.finish();
    calls.hangUp();
    for (int i = 0; i < HANG_UP_SECONDS * 10 && calls.agentsLeft() > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return calls.agentsLeft();
  }

  @Override
  public void close() {
    carrier.close();
    calls.close();
  }
}
