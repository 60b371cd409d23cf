package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PageOriginsTests {

  @ParameterizedTest
  @CsvSource({
    "https://calls.example.com,      https://calls.example.com,      true",
    "https://Calls.Example.com:443/, https://calls.example.com,      true",
    "https://calls.example.com:8443, https://calls.example.com:8443, true",
    "https://calls.example.com,      https://calls.example.com:8443, false",
    "https://calls.example.com,      http://calls.example.com,       false",
    "https://calls.example.com,      https://calls.example.com.evil, false",
    "https://calls.example.com,      https://127.0.0.1,              false",
    "https://calls.example.com,      null,                           false",
    "http://127.0.0.1:8080,          http://localhost:8080,          true",
    "http://localhost:8080,          http://[::1]:8080,              true",
    "http://127.0.0.1:8080,          http://localhost:8081,          false",
  })
  void aPageIsOursByItsWholeOrigin(URI configured, String origin, boolean ours) {
    assertThat(PageOrigins.of(configured).include(origin)).isEqualTo(ours);
  }
}
