package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/// The two sockets of a call share a thread. Each step of a call is logged by the thread of the
/// socket that it came in by: the stream's start by Twilio's, the agent's words by the agent's.
@CallbridgeTest
@Isolated("its calls are in real time")
final class EventLoopTests {

  /// The chance that four loops agree by accident this often is one in a million.
  private static final int CALLS = 10;

  private final ListAppender<ILoggingEvent> steps = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger("callbridge.call");

  @Autowired private Callbridge callbridge;

  @BeforeEach
  void listen() {
    steps.start();
    log.addAppender(steps);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(steps);
  }

  @Test
  void bothSocketsOfACallLiveOnOneEventLoop() {
    List<RawCaller> callers = new ArrayList<>();
    for (int call = 0; call < CALLS; call++) {
      callers.add(RawCaller.of(callbridge.settings(), "+15550002000").connect("").awaitVoice());
    }
    callers.forEach(RawCaller::stop);
    callers.forEach(caller -> assertThat(caller.closeCode()).isEqualTo(1000));
    callers.forEach(RawCaller::close);

    List<String> twilios = threadsOf("media connected");
    List<String> agents = threadsOf("agent connected");
    assertThat(twilios).hasSize(CALLS);
    assertThat(agents).isEqualTo(twilios);
    assertThat(threadsOf("first agent audio")).isEqualTo(twilios);
    Set<String> loops = new HashSet<>(twilios);
    assertThat(loops).as("a test of several loops").hasSizeGreaterThan(1);
    callbridge.assertNothingLeft();
  }

  private List<String> threadsOf(String step) {
    return List.copyOf(steps.list).stream()
        .filter(event -> event.getFormattedMessage().contains(step))
        .map(ILoggingEvent::getThreadName)
        .toList();
  }
}
