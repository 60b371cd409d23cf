package dev.callbridge.audio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class Base64TextTests {

  @Test
  void whatIsDecodedIsWhatTheJdkDecodes() {
    Random random = new Random(1);
    byte[] into = new byte[500];
    for (int length = 0; length <= into.length; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      byte[] text = Base64.getEncoder().encodeToString(bytes).getBytes(ISO_8859_1);

      assertThat(Base64Text.decode(text, into)).isEqualTo(length);
      assertThat(Arrays.copyOf(into, length)).isEqualTo(bytes);
    }
  }

  @Test
  void whatDoesNotFitIsLeftAlone() {
    assertThat(Base64Text.decode("AAAA".getBytes(ISO_8859_1), new byte[2])).isZero();
  }
}
