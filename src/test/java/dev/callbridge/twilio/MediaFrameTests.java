package dev.callbridge.twilio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The fast way and the general way must not differ: what one of them makes of a frame, the other
/// makes of it too.
final class MediaFrameTests {

  private static final byte[] START =
      ascii("{\"event\":\"start\",\"streamSid\":\"MZ1\",\"start\":{\"callSid\":\"CA1\"}}");

  private final Random random = new Random(20_26);

  /// Has seen a start, so it reads this stream's frames the fast way first.
  private final MediaStreamCodec fast = new MediaStreamCodec();

  /// Has not, and knows the general way only.
  private final MediaStreamCodec general = new MediaStreamCodec();

  private final MediaFrame frame = new MediaFrame();

  @BeforeEach
  void theStreamHasBegun() {
    fast.decode(Unpooled.wrappedBuffer(START));
    frame.expect("MZ1");
  }

  @Test
  void bothWaysReadTwiliosSpellingAlike() {
    for (int i = 0; i < 2_000; i++) {
      byte[] payload = new byte[1 + random.nextInt(400)];
      random.nextBytes(payload);
      byte[] text = media(random.nextLong(1L << 49), Base64.getEncoder().encodeToString(payload));

      assertThat(frame.read(Unpooled.wrappedBuffer(text))).isNotNull();
      assertThat(outcome(fast, text)).isEqualTo(outcome(general, text)).startsWith("media");
    }
  }

  @Test
  void noByteThatDiffersMakesADifferenceBetweenThem() {
    byte[] text = media(17, "/v7+fn9/gICAgA==");
    for (int at = 0; at < text.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = text.clone();
        changed[at] = (byte) value;
        assertSame(changed);
      }
    }
  }

  @Test
  void noByteThatIsMissingOrTooMuchMakesADifferenceBetweenThem() {
    byte[] text = media(17, "/v7+fn9/gICAgA==");
    for (int at = 0; at < text.length; at++) {
      byte[] shorter = new byte[text.length - 1];
      System.arraycopy(text, 0, shorter, 0, at);
      System.arraycopy(text, at + 1, shorter, at, shorter.length - at);
      assertSame(shorter);
      assertSame(Arrays.copyOf(text, at));
      for (byte extra : ascii("\"\\{}0A= \n")) {
        byte[] longer = new byte[text.length + 1];
        System.arraycopy(text, 0, longer, 0, at);
        longer[at] = extra;
        System.arraycopy(text, at, longer, at + 1, text.length - at);
        assertSame(longer);
      }
    }
  }

  @Test
  void anotherStreamsFrameIsNotTakenForOurs() {
    byte[] text = ascii(new String(media(1, "AAAA"), ISO_8859_1).replace("MZ1", "MZ2"));

    assertThat(frame.read(Unpooled.wrappedBuffer(text))).isNull();
    assertThat(outcome(fast, text)).contains("MZ2");
  }

  private void assertSame(byte[] text) {
    String made = outcome(fast, text);
    String expected = outcome(general, text);
    if (!made.equals(expected)) {
      assertThat(made).as(new String(text, ISO_8859_1)).isEqualTo(expected);
    }
  }

  /// All of a message, or what was thrown.
  private static String outcome(MediaStreamCodec codec, byte[] text) {
    try {
      FromTwilio message = codec.decode(Unpooled.wrappedBuffer(text));
      return message instanceof FromTwilio.Media(long sequence, var stream, var chunk)
          ? "media %d %s %s %d %d %s"
              .formatted(
                  sequence,
                  stream,
                  chunk.track(),
                  chunk.chunk(),
                  chunk.timestamp(),
                  new String(chunk.payload(), ISO_8859_1))
          : message.toString();
    } catch (MediaStreamException e) {
      return "refused";
    }
  }

  private static byte[] media(long number, String payload) {
    return ascii(
        ("{\"event\":\"media\",\"sequenceNumber\":\"%d\",\"streamSid\":\"MZ1\",\"media\":"
                + "{\"track\":\"inbound\",\"chunk\":\"%d\",\"timestamp\":\"%d\",\"payload\":\"%s\"}}")
            .formatted(number, number, number, payload));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
