package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.sockets.Mask;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.MediaStreamCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A decoder of Netty's behind the short way, as on a media socket: between them they must tell
/// what the decoder alone would, in the same order.
final class ShortWayTests {

  private static final int TEXT = 0x81;
  private static final int TEXT_TO_BE_CONTINUED = 0x01;
  private static final int LAST = 0x80;
  private static final int PING = 0x89;

  private final Random random = new Random(50);
  private final MediaStreamCodec codec = new MediaStreamCodec();
  private final List<String> told = new ArrayList<>();
  private boolean open = true;
  private int heard;

  private final EmbeddedChannel socket =
      new EmbeddedChannel(
          new ShortWay(codec, new Ear()),
          new WebSocket13FrameDecoder(true, true, 65_536),
          new Decoded());

  @BeforeEach
  void theStreamHasBegun() {
    codec.decode(
        Unpooled.wrappedBuffer(
            ascii("{\"event\":\"start\",\"streamSid\":\"MZ1\",\"start\":{\"callSid\":\"CA1\"}}")));
  }

  @AfterEach
  void close() {
    socket.finishAndReleaseAll();
  }

  @Test
  void bothWaysTogetherTellAllInOrder() {
    for (int round = 0; round < 200; round++) {
      told.clear();
      List<String> sent = new ArrayList<>();
      ByteBuf wire = Unpooled.buffer();
      for (int i = 0; i < 30; i++) {
        put(wire, sent, i);
      }
      while (wire.isReadable()) {
        socket.writeInbound(
            wire.readRetainedSlice(Math.min(wire.readableBytes(), 1 + random.nextInt(900))));
      }
      assertThat(wire.release()).isTrue();
      assertThat(told).isEqualTo(sent);
    }
    assertThat(heard).isGreaterThan(1_000);
  }

  @Test
  void wholeFramesOfSoundNeverReachTheDecoder() {
    List<String> sent = new ArrayList<>();
    ByteBuf wire = Unpooled.buffer();
    for (int i = 0; i < 3; i++) {
      sound(wire, sent, i);
    }
    socket.writeInbound(wire);

    assertThat(told).isEqualTo(sent);
    assertThat(heard).isEqualTo(3);
    assertThat(wire.refCnt()).isZero();
  }

  @Test
  void nothingIsTakenFromTheDecoderBeforeSomebodyListens() {
    open = false;
    List<String> sent = new ArrayList<>();
    ByteBuf wire = Unpooled.buffer();
    sound(wire, sent, 1);
    socket.writeInbound(wire);

    assertThat(told).isEqualTo(sent);
    assertThat(heard).isZero();
  }

  @Test
  void soundAmidAMessageOfSeveralFramesIsTheDecodersToRefuse() {
    ByteBuf wire = Unpooled.buffer();
    frame(wire, TEXT_TO_BE_CONTINUED, ascii("{"));
    sound(wire, new ArrayList<>(), 1);

    assertThatThrownBy(() -> socket.writeInbound(wire))
        .isInstanceOf(CorruptedWebSocketFrameException.class);
    assertThat(heard).isZero();
  }

  private void put(ByteBuf wire, List<String> sent, int i) {
    switch (random.nextInt(8)) {
      case 0 -> {
        byte[] mark =
            ascii("{\"event\":\"mark\",\"n\":\"" + "m".repeat(random.nextInt(300)) + "\"}");
        frame(wire, TEXT, mark);
        sent.add(new String(mark, ISO_8859_1));
      }
      case 1 -> {
        frame(wire, PING, new byte[0]);
        sent.add("");
      }
      case 2 -> {
        frame(wire, TEXT_TO_BE_CONTINUED, ascii("{\"event\":"));
        frame(wire, PING, new byte[0]);
        frame(wire, LAST, ascii("\"x\"}"));
        sent.addAll(List.of("{\"event\":", "", "\"x\"}"));
      }
      default -> sound(wire, sent, i);
    }
  }

  private void sound(ByteBuf wire, List<String> sent, int i) {
    byte[] payload = new byte[160];
    random.nextBytes(payload);
    String text =
        """
        {"event":"media","sequenceNumber":"%d","streamSid":"MZ1","media":{"track":"inbound",\
        "chunk":"%d","timestamp":"%d","payload":"%s"}}\
        """
            .formatted(i, i, i * 20, Base64.getEncoder().encodeToString(payload));
    frame(wire, TEXT, ascii(text));
    sent.add(text);
  }

  private void frame(ByteBuf wire, int first, byte[] content) {
    int key = random.nextInt();
    wire.writeByte(first);
    if (content.length < 126) {
      wire.writeByte(0x80 | content.length);
    } else {
      wire.writeByte(0x80 | 126).writeShort(content.length);
    }
    Mask.apply(content, 0, content.length, key);
    wire.writeInt(key).writeBytes(content);
    Mask.apply(content, 0, content.length, key);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private final class Ear implements ShortWay.Ear {
    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void hear(FromTwilio.Media sound) {
      heard++;
      FromTwilio.Media.Chunk chunk = sound.media();
      told.add(
          """
          {"event":"media","sequenceNumber":"%d","streamSid":"%s","media":{"track":"inbound",\
          "chunk":"%d","timestamp":"%d","payload":"%s"}}\
          """
              .formatted(
                  sound.sequenceNumber(),
                  sound.streamSid(),
                  chunk.chunk(),
                  chunk.timestamp(),
                  new String(chunk.payload(), ISO_8859_1)));
    }
  }

  private final class Decoded extends SimpleChannelInboundHandler<WebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      told.add(frame.content().toString(ISO_8859_1));
    }
  }
}
