package dev.callbridge.faults;

import java.time.Duration;
import java.util.SplittableRandom;

/// Where chance comes from: of one number, which is printed, and which the system property
/// `faults.seed` sets to have the same moments again.
final class Seed {

  private static final long SEED = Long.getLong("faults.seed", System.nanoTime() & 0xffff_ffffL);

  private final SplittableRandom random;

  private Seed(SplittableRandom random) {
    this.random = random;
  }

  static Seed of(Class<?> test) {
    System.out.printf("%s: -Dfaults.seed=%d%n", test.getSimpleName(), SEED);
    return new Seed(new SplittableRandom(SEED ^ test.getSimpleName().hashCode()));
  }

  /// At least `from`, less than `to`.
  synchronized Duration between(Duration from, Duration to) {
    return Duration.ofMillis(random.nextLong(from.toMillis(), to.toMillis()));
  }

  synchronized boolean coin() {
    return random.nextBoolean();
  }
}
