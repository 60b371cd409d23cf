package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AudioFramesTests {

  private static final int AROUND = 23;

  private final AudioFrames frames = new AudioFrames();

  /// A server's, to which a frame without a mask is an error.
  private final EmbeddedChannel server =
      new EmbeddedChannel(new WebSocket13FrameDecoder(true, false, 65_536));

  @AfterEach
  void close() {
    server.finishAndReleaseAll();
  }

  @Test
  void aServerReadsWhatTheCodecWouldHaveSaid() {
    for (int length = AudioFrames.SHORTEST - AROUND;
        length <= AudioFrames.LONGEST - AROUND;
        length++) {
      byte[] payload = payload(length);
      ByteBuf frame = frame(payload);
      server.writeInbound(frame);

      TextWebSocketFrame text = server.readInbound();
      ByteBuf said = AgentCodec.audio(payload, ByteBufAllocator.DEFAULT);
      assertThat(text.isFinalFragment()).isTrue();
      assertThat(text.text()).isEqualTo(said.toString(ISO_8859_1));
      text.release();
      said.release();
    }
  }

  @Test
  void otherLengthsAreLeftToTheEncoder() {
    assertThat(frames.of(payload(AudioFrames.SHORTEST - AROUND - 1), ByteBufAllocator.DEFAULT))
        .isNull();
    assertThat(frames.of(payload(AudioFrames.LONGEST - AROUND + 1), ByteBufAllocator.DEFAULT))
        .isNull();
  }

  @Test
  void noTwoFramesNeedHaveTheSameMask() {
    Set<Integer> keys = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ByteBuf frame = frame(payload(216));
      keys.add(frame.getInt(4));
      frame.release();
    }
    assertThat(keys).hasSizeGreaterThan(90);
  }

  private ByteBuf frame(byte[] payload) {
    return Objects.requireNonNull(frames.of(payload, ByteBufAllocator.DEFAULT));
  }

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) ('A' + i % 26);
    }
    return payload;
  }
}
