package dev.callbridge.twilio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MediaStreamCodecTests {

  private static final String START =
      """
      {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"accountSid":"AC1",
       "streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],
       "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
       "customParameters":{"session":"s_123","token":"t"}}}\
      """;

  private final MediaStreamCodec codec = new MediaStreamCodec();

  @Test
  void readsConnected() {
    assertThat(decode("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}"))
        .isEqualTo(new FromTwilio.Connected("Call", "1.0.0"));
  }

  @Test
  void readsStart() {
    var format = new FromTwilio.Start.MediaFormat("audio/x-mulaw", 8000, 1);
    var parameters = Map.of("session", "s_123", "token", "t");
    var metadata =
        new FromTwilio.Start.Metadata("MZ1", "AC1", "CA1", List.of("inbound"), format, parameters);

    assertThat(decode(START)).isEqualTo(new FromTwilio.Start(1, "MZ1", metadata));
  }

  @Test
  void findsTheStreamOfAStartThatNamesItInsideOnly() {
    FromTwilio start = decode("{\"event\":\"start\",\"start\":{\"streamSid\":\"MZ9\"}}");

    assertThat(start)
        .isInstanceOfSatisfying(
            FromTwilio.Start.class,
            it -> {
              assertThat(it.stream()).isEqualTo("MZ9");
              assertThat(it.parameters()).isEmpty();
            });
  }

  @Test
  void readsDtmfMarkAndStop() {
    assertThat(
            decode(
                """
                {"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5",
                 "dtmf":{"track":"inbound_track","digit":"1"}}\
                """))
        .isEqualTo(new FromTwilio.Dtmf(5, "MZ1", new FromTwilio.Dtmf.Press("inbound_track", "1")));
    assertThat(
            decode(
                """
                {"event":"mark","sequenceNumber":"6","streamSid":"MZ1","mark":{"name":"ev-42"}}\
                """))
        .isEqualTo(new FromTwilio.Mark(6, "MZ1", new FromTwilio.Mark.Name("ev-42")));
    assertThat(
            decode(
                """
                {"event":"stop","sequenceNumber":"7","streamSid":"MZ1",
                 "stop":{"accountSid":"AC1","callSid":"CA1"}}\
                """))
        .isEqualTo(new FromTwilio.Stop(7, "MZ1", new FromTwilio.Stop.Ended("AC1", "CA1")));
  }

  @Test
  void readsNumbersThatAreNumbers() {
    FromTwilio media =
        decode(
            """
            {"event":"media","sequenceNumber":2,"streamSid":"MZ1",
             "media":{"track":"inbound","chunk":3,"timestamp":4,"payload":"/////w=="}}\
            """);

    assertThat(media)
        .isInstanceOfSatisfying(
            FromTwilio.Media.class,
            it -> {
              assertThat(it.sequenceNumber()).isEqualTo(2);
              assertThat(it.media().chunk()).isEqualTo(3);
              assertThat(it.media().timestamp()).isEqualTo(4);
              assertThat(it.media().payload()).isEqualTo("/////w==".getBytes(ISO_8859_1));
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event\":\"party\",\"balloons\":[1,{\"red\":true}]}",
        "{\"sequenceNumber\":\"1\"}",
        "{}"
      })
  void whatIsNotKnownIsUnrecognized(String frame) {
    assertThat(decode(frame)).isEqualTo(new FromTwilio.Unrecognized());
  }

  @Test
  void fieldsThatAreNotKnownAreIgnored() {
    assertThat(
            decode(
                """
                {"new":{"a":[1]},"event":"mark","mark":{"name":"m","also":1},"more":null}\
                """))
        .isEqualTo(new FromTwilio.Mark(0, null, new FromTwilio.Mark.Name("m")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "1",
        "\"media\"",
        "[]",
        "{",
        "not json",
        "{\"event\":\"stop\"} {\"event\":\"stop\"}",
        "{\"event\":\"start\"}",
        "{\"event\":\"start\",\"start\":null}",
        "{\"event\":\"mark\"}",
        "{\"event\":\"mark\",\"mark\":{}}",
        "{\"event\":\"dtmf\",\"dtmf\":{\"track\":\"inbound_track\"}}",
        "{\"event\":\"media\"}",
        "{\"event\":\"media\",\"media\":{}}",
        "{\"event\":\"media\",\"media\":\"AAAA\"}",
        "{\"event\":\"media\",\"media\":{\"payload\":null}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"AAA\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"A===\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"AA=A\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"AA A\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"AA-_\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"AAA\\u0100\"}}",
        "{\"event\":\"stop\",\"sequenceNumber\":\"one\"}",
        "{\"event\":\"stop\",\"event\":\"mark\"}",
        "{\"event\":\"mark\",\"mark\":{\"name\":\"a\",\"name\":\"b\"}}"
      })
  void refusesWhatIsNoMessage(String frame) {
    refuses(frame.getBytes(UTF_8));
  }

  @Test
  void refusesBombs() {
    refuses(("{\"event\":\"x\",\"a\":" + "[".repeat(20_000)).getBytes(UTF_8));
    refuses(("{\"event\":\"x\",\"a\":" + "{\"a\":".repeat(5_000)).getBytes(UTF_8));
    refuses(("{\"event\":\"stop\",\"sequenceNumber\":" + "9".repeat(50_000) + "}").getBytes(UTF_8));
    refuses(
        ("{\"event\":\"mark\",\"mark\":{\"name\":\"" + "x".repeat(70_000) + "\"}}")
            .getBytes(UTF_8));
    refuses(("{\"event\":\"mark\",\"" + "x".repeat(1_000) + "\":1}").getBytes(UTF_8));
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] frame = "{\"event\":\"mark\",\"mark\":{\"name\":\"a?\"}}".getBytes(UTF_8);
    frame[new String(frame, UTF_8).indexOf('?')] = (byte) 0xC3;

    refuses(frame);
  }

  @Test
  void saysWhatItMeansInExactlyTwiliosFields() {
    byte[] payload = "/////w==".getBytes(ISO_8859_1);

    assertThat(encode(new ToTwilio.Media("MZ1", payload)))
        .isEqualTo(
            "{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"/////w==\"}}");
    assertThat(encode(new ToTwilio.Mark("MZ1", "42:0")))
        .isEqualTo("{\"event\":\"mark\",\"streamSid\":\"MZ1\",\"mark\":{\"name\":\"42:0\"}}");
    assertThat(encode(new ToTwilio.Clear("MZ1")))
        .isEqualTo("{\"event\":\"clear\",\"streamSid\":\"MZ1\"}");
  }

  private FromTwilio decode(String frame) {
    return codec.decode(Unpooled.wrappedBuffer(frame.getBytes(UTF_8)));
  }

  private void refuses(byte[] frame) {
    assertThatExceptionOfType(MediaStreamException.class)
        .isThrownBy(() -> codec.decode(Unpooled.wrappedBuffer(frame)));
  }

  private String encode(ToTwilio message) {
    ByteBuf frame = codec.encode(message, UnpooledByteBufAllocator.DEFAULT);
    try {
      return frame.toString(UTF_8);
    } finally {
      frame.release();
    }
  }
}
