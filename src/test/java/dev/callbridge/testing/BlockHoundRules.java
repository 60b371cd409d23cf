package dev.callbridge.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/// What looks like blocking and is not. Everything else that blocks an event loop fails its test.
public final class BlockHoundRules implements BlockHoundIntegration {

  @Override
  public void applyTo(BlockHound.Builder builder) {
    // Reads /dev/urandom, which always answers.
    builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes");
    // Classes are loaded once, where they are first met.
    builder.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass");
    builder.allowBlockingCallsInside("jdk.internal.loader.BuiltinClassLoader", "loadClassOrNull");
  }
}
