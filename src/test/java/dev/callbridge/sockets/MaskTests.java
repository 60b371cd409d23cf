package dev.callbridge.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class MaskTests {

  private final Random random = new Random(6_455);

  @Test
  void eachByteMeetsItsByteOfTheKeyAndNoOtherIsTouched() {
    for (int length = 0; length < 70; length++) {
      for (int from = 0; from < 9; from++) {
        byte[] bytes = new byte[from + length + 9];
        random.nextBytes(bytes);
        int key = random.nextInt();
        byte[] masked = bytes.clone();

        Mask.apply(masked, from, length, key);

        assertThat(masked).isEqualTo(byByte(bytes, from, length, key));
      }
    }
  }

  /// As RFC 6455 has it.
  private static byte[] byByte(byte[] bytes, int from, int length, int key) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < length; i++) {
      masked[from + i] ^= (byte) (key >>> (24 - 8 * (i % 4)));
    }
    return masked;
  }
}
