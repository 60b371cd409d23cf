package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/// A caller's side that does not keep to the protocol. Single oddities are passed over and none
/// reaches an agent, its own or another's; a peer that is nothing but odd is shut out.
@CallbridgeTest
final class HostileFramesTests {

  private static final byte[] WORD = frame(0x55);
  private static final byte[] STRAY = frame(0x2A);

  @Autowired private Callbridge callbridge;
  @Autowired private CallStore calls;

  @AfterEach
  void nothingIsLeft() {
    callbridge.assertNothingLeft();
  }

  @Test
  void startThatComesTwiceStartsOneConversation() {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      caller.start().media(WORD).stop();

      assertHeardOnly(ended(caller), WORD);
      assertThat(caller.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void startOfASecondStreamIsRefused() {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      caller.start("MZ00000000000000000000000000000000", caller.callSid());

      assertThat(caller.closeCode()).isEqualTo(1008);
      caller.complete();
      assertThat(over(caller).truth().endedBy()).isEqualTo(EndedBy.RELAY);
    }
  }

  @Test
  void audioBeforeTheStartIsNobodys() {
    try (RawCaller caller = caller()) {
      assertThat(caller.dial(caller.ring(""))).isEqualTo(101);
      caller.connected().media(STRAY).start().awaitVoice();
      caller.media(WORD).stop();

      assertHeardOnly(ended(caller), WORD);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "42",
        "this is not JSON",
        "[{\"event\":\"stop\"}]",
        "{}",
        "{\"event\":7}",
        "{\"event\":\"media\"",
        "{\"event\":\"media\",\"streamSid\":\"STREAM\"}",
        "{\"event\":\"media\",\"streamSid\":\"STREAM\",\"media\":{\"payload\":\"*not base64*\"}}",
        "{\"event\":\"media\",\"streamSid\":\"STREAM\",\"media\":{\"payload\":\"QUJ\"}}",
        "{\"event\":\"media\",\"streamSid\":\"STREAM\",\"media\":{\"payload\":7}}",
        "{\"event\":\"mark\",\"streamSid\":\"STREAM\",\"mark\":{\"name\":null}}",
        "{\"event\":\"mark\",\"streamSid\":\"STREAM\",\"mark\":{\"name\":\"of nobody\"}}",
        "{\"event\":\"dtmf\",\"streamSid\":\"STREAM\",\"dtmf\":{\"digit\":\"12\"}}",
        "{\"event\":\"event_of_tomorrow\",\"streamSid\":\"STREAM\"}"
      })
  void oneMessageThatIsNoneIsPassedOver(String odd) {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      caller.send(odd.replace("STREAM", caller.streamSid())).media(WORD).stop();

      assertHeardOnly(ended(caller), WORD);
    }
  }

  @Test
  void deepNestingAndBinaryArePassedOver() {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      caller.send("{\"event\":" + "[".repeat(30_000)).sendBinary(WORD).media(WORD).stop();

      assertHeardOnly(ended(caller), WORD);
    }
  }

  @Test
  void peerThatSendsNothingButNonsenseIsShutOut() {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      for (int i = 0; i < 25; i++) {
        caller.send("nonsense");
      }

      assertThat(caller.closeCode()).isEqualTo(1008);
      caller.complete();
      assertThat(over(caller).truth().reason()).isEqualTo("malformed_frames");
    }
  }

  @Test
  void frameOverTheLimitEndsTheStream() {
    try (RawCaller caller = caller().connect("").awaitVoice()) {
      caller.send("{\"event\":\"" + "x".repeat(70_000) + "\"}");

      assertThat(caller.closeCode()).isNotEqualTo(1000);
      caller.complete();
      assertThat(over(caller).truth().endedBy()).isNotEqualTo(EndedBy.CALLER);
    }
  }

  @Test
  void framesUnderAnotherStreamsNameReachNeitherCall() {
    try (RawCaller caller = caller().connect("").awaitVoice();
        RawCaller other = caller().connect("").awaitVoice()) {
      String stray = Base64.getEncoder().encodeToString(STRAY);
      caller.media(other.streamSid(), stray).media("MZ0", stray).media(WORD).stop();
      other.media(WORD).media(WORD).stop();

      assertHeardOnly(ended(caller), WORD);
      assertHeardOnly(ended(other), WORD, WORD);
    }
  }

  private RawCaller caller() {
    return RawCaller.of(callbridge.settings(), "+15550002000");
  }

  /// The caller stopped, and that was the end of it.
  private Call ended(RawCaller caller) {
    Call call = over(caller);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
    assertThat(call.truth().reason()).isEqualTo("stop");
    return call;
  }

  private Call over(RawCaller caller) {
    Call call =
        Objects.requireNonNull(calls.findByTwilioSid(caller.callSid()).block(Callbridge.SOON));
    return callbridge.await(call.id(), Call::isOver);
  }

  private void assertHeardOnly(Call call, byte[]... frames) {
    AgentSession session = callbridge.session(call);
    assertThat(session.ended().block(Callbridge.SOON)).isNotNull();
    assertThat(session.callerFrames()).isEqualTo(frames.length);
    assertThat(session.callerAudio()).isEqualTo(joined(frames));
    assertThat(session.protocolErrors()).isEmpty();
    List<Kind> kinds = callbridge.events(call.id()).stream().map(CallEvent::kind).toList();
    assertThat(kinds).containsOnlyOnce(Kind.MEDIA_CONNECTED, Kind.AGENT_CONNECTING);
  }

  private static byte[] joined(byte[]... frames) {
    byte[] joined = new byte[frames.length * 160];
    for (int i = 0; i < frames.length; i++) {
      System.arraycopy(frames[i], 0, joined, i * 160, 160);
    }
    return joined;
  }

  private static byte[] frame(int value) {
    byte[] frame = new byte[160];
    Arrays.fill(frame, (byte) value);
    return frame;
  }
}
