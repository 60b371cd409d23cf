package dev.callbridge.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.HostileService;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// Where a tool's request may go, whatever a name stands for from one moment to the next.
final class EgressTests {

  /// Nobody's, and not reached from here in the time there is.
  private static final String PUBLIC = "2600::1";

  private static final Duration SOON = Duration.ofSeconds(15);

  private final HostileService service = new HostileService();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aNameThatIsPublicAndThenLoopbackIsNeverConnectedToOnThisMachine() {
    Names names =
        new Names(
            List.of(PUBLIC),
            List.of("127.0.0.1"),
            List.of("::1"),
            List.of(PUBLIC, "127.0.0.1"),
            List.of("127.0.0.1", PUBLIC),
            List.of("::ffff:127.0.0.1"));
    Egress egress = new Egress(PublicAddress::is, names);
    try {
      for (int i = 0; i < 6; i++) {
        assertThat(isAnswered(egress, "http://rebind.example.com:" + service.port() + "/ok"))
            .isFalse();
      }
    } finally {
      egress.destroy();
    }
    assertThat(names.asked).hasValue(6);
    assertThat(service.connections).hasValue(0);
  }

  @Test
  void aNameIsAskedForOnceForEachConnection() {
    Names names = new Names(List.of("127.0.0.1"), List.of(PUBLIC));
    Egress egress = new Egress(_ -> true, names);
    try {
      assertThat(isAnswered(egress, "http://shop.example.com:" + service.port() + "/ok")).isTrue();
    } finally {
      egress.destroy();
    }
    assertThat(names.asked).hasValue(1);
    assertThat(service.connections).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "127.0.0.1.",
        "LOCALHOST"
      })
  void thisMachineIsNotReachedHoweverItIsWritten(String host) {
    Egress egress = new Egress(new ToolSettings(50, 16, List.of(), false, Map.of()));
    try {
      assertThat(isAnswered(egress, "http://" + host + ":" + service.port() + "/ok")).isFalse();
    } finally {
      egress.destroy();
    }
    assertThat(service.connections).hasValue(0);
  }

  private static boolean isAnswered(Egress egress, String url) {
    return Boolean.TRUE.equals(
        egress
            .client()
            .get()
            .uri(url)
            .response()
            .map(_ -> true)
            .timeout(Duration.ofMillis(800), Mono.just(false))
            .onErrorReturn(false)
            .block(SOON));
  }

  /// Answers what it is told to, one answer after the other.
  private static final class Names extends AddressResolverGroup<InetSocketAddress> {

    final AtomicInteger asked = new AtomicInteger();
    private final Queue<List<String>> answers;

    @SafeVarargs
    Names(List<String>... answers) {
      this.answers = new ArrayDeque<>(Arrays.asList(answers));
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      Predicate<InetSocketAddress> isResolved = address -> !address.isUnresolved();
      return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
          return isResolved.test(address);
        }

        @Override
        protected void doResolve(InetSocketAddress name, Promise<InetSocketAddress> promise) {
          promise.setSuccess(next(name).getFirst());
        }

        @Override
        protected void doResolveAll(
            InetSocketAddress name, Promise<List<InetSocketAddress>> promise) {
          promise.setSuccess(next(name));
        }
      };
    }

    private synchronized List<InetSocketAddress> next(InetSocketAddress name) {
      asked.incrementAndGet();
      List<String> answer = answers.remove();
      return answer.stream()
          .map(each -> new InetSocketAddress(InetAddress.ofLiteral(each), name.getPort()))
          .toList();
    }
  }
}
