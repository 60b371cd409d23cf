package dev.callbridge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SandboxHeaderTests {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8083,    true",
    "http://127.0.0.1:8083/,   true",
    "http://127.0.0.1:9083,    false",
    "http://voices.local:8083, false",
    "https://api.elevenlabs.io, false"
  })
  void aVendorIsSimulatedWhereTheSimulationListens(URI used, boolean isSimulated) {
    assertThat(SandboxHeader.isAt(used, URI.create("http://127.0.0.1:8083")))
        .isEqualTo(isSimulated);
  }
}
