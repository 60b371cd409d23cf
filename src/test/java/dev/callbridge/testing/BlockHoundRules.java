package dev.callbridge.testing;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/// What looks like blocking and is not. Everything else that blocks an event loop fails its test.
public final class BlockHoundRules implements BlockHoundIntegration {

  private static final Logger LOG = LoggerFactory.getLogger(BlockHoundRules.class);

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.blockingMethodCallback(BlockHoundRules::refuse);
    // Reads /dev/urandom, which always answers.
    builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes");
    // Classes are loaded once, where they are first met.
    builder.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass");
    builder.allowBlockingCallsInside("jdk.internal.loader.BuiltinClassLoader", "loadClassOrNull");
  }

  /// Said in the log too: an error thrown on an event loop may reach nobody who waits.
  private static void refuse(BlockingMethod method) {
    var error = new BlockingOperationError(method);
    if (!isLockOfALibrary(error.getStackTrace())) {
      LOG.error("an event loop was blocked", error);
      throw error;
    }
  }

  /// Netty's allocator, a scheduler's queue of timers and Jackson's caches hold a lock for one
  /// insertion. Who meets the other there is chance, and a `synchronized` in its place would not be
  /// seen at all. Our own code takes no lock on an event loop, and nobody waits there for a result.
  private static boolean isLockOfALibrary(StackTraceElement[] stack) {
    boolean locks =
        Arrays.stream(stack)
            .map(StackTraceElement::getClassName)
            .anyMatch(name ->
                name.startsWith("java.util.concurrent.locks.Reentrant")
                    || name.equals("java.util.concurrent.locks.StampedLock"));
    return locks
        && Arrays.stream(stack)
            .map(StackTraceElement::getClassName)
            .dropWhile(name -> !name.startsWith("java.util.concurrent.locks."))
            .filter(name -> !name.startsWith("java.util.concurrent.locks."))
            .findFirst()
            .filter(name -> !name.startsWith("dev.callbridge."))
            .isPresent();
  }
}
