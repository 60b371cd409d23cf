package dev.callbridge.sockets;

import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;

/// Sends what an event loop's channels were given in one go, once the loop has read what there was
/// to read: a kernel that is asked for the same thing many times in a row is quicker at it, and so
/// is whoever reads.
public final class Flushes implements Runnable {

  private static final FastThreadLocal<Flushes> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Flushes initialValue() {
          return new Flushes();
        }
      };

  /// As many as were written to since the loop last ran what it was handed.
  private final ArrayDeque<Channel> written = new ArrayDeque<>();

  private boolean coming;

  private Flushes() {}

  /// Flushes before the loop waits again. On the channel's thread only.
  public static void soon(Channel channel) {
    Flushes flushes = OF_THREAD.get();
    flushes.written.add(channel);
    if (!flushes.coming) {
      flushes.coming = true;
      channel.eventLoop().execute(flushes);
    }
  }

  @Override
  public void run() {
    coming = false;
    for (Channel channel = written.poll(); channel != null; channel = written.poll()) {
      channel.flush();
    }
  }
}
