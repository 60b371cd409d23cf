package dev.callbridge.sockets;

import io.netty.channel.Channel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;

/// The channel under what Reactor Netty hands out, for what it has no word for.
public final class Channels {

  private Channels() {}

  public static Channel of(NettyInbound in) {
    AtomicReference<Channel> channel = new AtomicReference<>();
    in.withConnection(connection -> channel.set(connection.channel()));
    return Objects.requireNonNull(channel.get());
  }

  public static Channel of(NettyOutbound out) {
    AtomicReference<Channel> channel = new AtomicReference<>();
    out.withConnection(connection -> channel.set(connection.channel()));
    return Objects.requireNonNull(channel.get());
  }
}
