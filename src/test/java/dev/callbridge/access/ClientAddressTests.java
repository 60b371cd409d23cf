package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

final class ClientAddressTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 203.0.113.1               | 192.0.2.1",
        "1 | 203.0.113.1               | 203.0.113.1",
        "1 | 203.0.113.9, 203.0.113.1  | 203.0.113.1",
        "2 | 203.0.113.9, 203.0.113.1  | 203.0.113.9",
        "2 | 203.0.113.1               | 192.0.2.1",
        "1 | voice.example.com         | 192.0.2.1",
        "1 | ''                        | 192.0.2.1",
        "1 | 2001:db8::1               | 20:01:0d:b8:00:00:00:00::/64",
        "1 | 2001:db8::2:2             | 20:01:0d:b8:00:00:00:00::/64"
      })
  void isWhatTheOutermostTrustedProxySaw(int proxies, String forwarded, String address) {
    assertThat(of(proxies, forwarded)).isEqualTo(address);
  }

  @Test
  void severalHeadersAreOneList() {
    assertThat(of(2, "203.0.113.9", "203.0.113.1")).isEqualTo("203.0.113.9");
  }

  private static String of(int proxies, String... forwarded) {
    var request =
        MockServerHttpRequest.get("/")
            .remoteAddress(new InetSocketAddress("192.0.2.1", 1234))
            .header("X-Forwarded-For", forwarded)
            .build();
    return new ClientAddress(settings(proxies)).of(request);
  }

  private static AccessSettings settings(int proxies) {
    return new AccessSettings(
        List.of(),
        List.of(),
        new AccessSettings.Limits(1, 1, 1, 1),
        new AccessSettings.SignIn(1, Duration.ZERO, Duration.ZERO, 1),
        1,
        proxies);
  }
}
