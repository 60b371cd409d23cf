package dev.callbridge.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// All calls on the line, and the one thread on which both of their ends live: no locks, one clock,
/// and no second thread on the tool's core to be late because of.
final class Calls implements Switchboard, AutoCloseable {

  private static final long TIMEOUT_SECONDS = 30;

  /// How many sockets are read before the clock is looked at again. A relay that pauses is followed
  /// by a flood, and reading it must not make the tool late with what it sends.
  private static final int EVENTS_PER_TURN = 64;

  final Tally tally = new Tally();
  final Metronome metronome = new Metronome(tally);

  private final IoEventLoopGroup group;
  private final Bootstrap client;
  private final Channel server;
  private final List<Caller> callers = new ArrayList<>();
  private final List<AgentSocket> agents = new ArrayList<>();
  private int agentsGone;

  Calls(int port) throws InterruptedException {
    var reads = new SharedReadBuffer();
    boolean epoll = Epoll.isAvailable();
    group =
        new MultiThreadIoEventLoopGroup(
            1,
            epoll
                ? EpollIoHandler.newFactory(EVENTS_PER_TURN, DefaultSelectStrategyFactory.INSTANCE)
                : NioIoHandler.newFactory());
    client =
        new Bootstrap()
            .group(group)
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
            .option(ChannelOption.RECVBUF_ALLOCATOR, reads);
    server =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1_024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads)
            .childHandler(initializer(() -> new VendorServer(this)))
            .bind(new InetSocketAddress("127.0.0.1", port))
            .sync()
            .channel();
    group.next().scheduleAtFixedRate(metronome, 0, Metronome.SLOT_NANOS, TimeUnit.NANOSECONDS);
  }

  private static ChannelHandler initializer(Callable<VendorServer> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) throws Exception {
        handler.call().addTo(channel.pipeline());
      }
    };
  }

  /// Where Twilio's and ElevenLabs's APIs are simulated.
  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /// Opens the media stream of a call whose TwiML named this address.
  @Override
  public void connect(
      int number, String callSid, URI stream, String signature, Map<String, String> parameters) {
    onLoop(() -> {
      var caller = new Caller(this, number, callSid, parameters);
      callers.add(caller);
      client
          .clone()
          .handler(new UpgradeRequest(caller, stream, signature))
          .connect(stream.getHost(), stream.getPort())
          .addListener(connected -> {
            if (!connected.isSuccess()) {
              tally.fail("media socket: " + connected.cause());
            }
          });
      return caller;
    });
  }

  @Override
  public void fail(String why) {
    onLoop(() -> {
      tally.fail(why);
      return why;
    });
  }

  @Override
  public void webhookTook(long nanos) {
    group.execute(() -> Tally.record(tally.webhook, nanos));
  }

  AgentSocket newAgent() {
    var agent = new AgentSocket(this, agents.size());
    agents.add(agent);
    return agent;
  }

  @Nullable AgentSocket agent(int number) {
    return number >= 0 && number < agents.size() ? agents.get(number) : null;
  }

  void agentGone() {
    agentsGone++;
  }

  int connected() {
    return onLoop(() -> (int) callers.stream().filter(Caller::isConnected).count());
  }

  int agentsLeft() {
    return onLoop(() -> agents.size() - agentsGone);
  }

  /// Every caller hangs up.
  void hangUp() {
    onLoop(() -> {
      callers.forEach(Caller::stop);
      return true;
    });
  }

  /// Stops both sides talking without hanging up, so that what is under way can arrive.
  void fallSilent() {
    onLoop(() -> {
      metronome.stop();
      return true;
    });
  }

  /// Closes the accounts of all calls that were connected.
  void finish() {
    onLoop(() -> {
      for (Caller caller : callers) {
        AgentSocket agent = caller.agent();
        caller.finish();
        if (agent != null) {
          agent.finish(caller.sent());
        }
      }
      return true;
    });
  }

  /// Runs on the event loop and waits for it, so that whoever asks may look at what belongs to it.
  <T> T onLoop(Callable<T> task) {
    try {
      return group.submit(task).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the tool's event loop does not answer", e);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
