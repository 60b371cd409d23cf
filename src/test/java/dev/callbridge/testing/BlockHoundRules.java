package dev.callbridge.testing;

import java.util.List;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/// What looks like blocking and is not. Everything else that blocks an event loop fails its test.
public final class BlockHoundRules implements BlockHoundIntegration {

  @Override
  public void applyTo(BlockHound.Builder builder) {
    // Reads /dev/urandom, which always answers.
    builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes");
    // The queue of a scheduler's timers is locked for one insertion or removal at a time.
    for (String method : List.of("offer", "remove")) {
      builder.allowBlockingCallsInside(
          "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", method);
    }
    // Netty's allocator locks itself for a moment while it grows.
    for (String method : List.of("tryExpandMagazines", "allocate")) {
      builder.allowBlockingCallsInside(
          "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", method);
    }
    for (String method : List.of("free", "tryAllocate")) {
      builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", method);
    }
    // Classes are loaded once, where they are first met.
    builder.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass");
    builder.allowBlockingCallsInside("jdk.internal.loader.BuiltinClassLoader", "loadClassOrNull");
  }
}
