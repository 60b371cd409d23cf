package dev.callbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class BlockHoundRulesTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final Scheduler loop = Schedulers.newParallel("event-loop", 1);

  @BeforeAll
  static void install() {
    BlockHound.install();
  }

  @AfterEach
  void stop() {
    loop.dispose();
  }

  @Test
  void waitingForAResultIsRefused() {
    var never = new CountDownLatch(1);

    assertThatThrownBy(() -> onLoop(() -> awaitQuietly(never)))
        .hasCauseInstanceOf(BlockingOperationError.class);
  }

  @Test
  void aLockOfOurOwnIsRefused() {
    var lock = new ReentrantLock();
    lock.lock();
    try {
      assertThatThrownBy(() -> onLoop(() -> lockAndUnlock(lock)))
          .hasCauseInstanceOf(BlockingOperationError.class);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void aLockInsideALibraryIsNot() throws InterruptedException {
    var held = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    // Compares while it holds its lock, and the loop comes to offer meanwhile.
    var queue =
        new PriorityBlockingQueue<String>(
            4,
            (one, other) -> {
              held.countDown();
              awaitQuietly(release);
              return one.compareTo(other);
            });
    queue.offer("first");
    Thread holder = Thread.ofPlatform().start(() -> queue.offer("second"));
    assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
    AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
    var offered =
        Mono.fromCallable(
                () -> {
                  waiter.set(Thread.currentThread());
                  return queue.offer("third");
                })
            .subscribeOn(loop)
            .toFuture();
    awaitParked(waiter);
    release.countDown();

    assertThat(Mono.fromFuture(offered).block(SOON)).isTrue();
    holder.join(SOON);
    assertThat(queue).hasSize(3);
  }

  private static void awaitParked(AtomicReference<@Nullable Thread> waiter) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < deadline) {
      Thread thread = waiter.get();
      if (thread != null && thread.getState() == Thread.State.WAITING) {
        return;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("the loop never came to wait for the lock");
  }

  private static void lockAndUnlock(ReentrantLock lock) {
    lock.lock();
    lock.unlock();
  }

  private void onLoop(Runnable task) {
    Mono.fromRunnable(task).subscribeOn(loop).block(SOON);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
