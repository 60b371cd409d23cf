package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.secrets.Secret;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookSignatureTests {

  private static final String SECRET = "test_secret";
  private static final long NOW = 1739537297L;
  private static final String BODY = "{\"type\":\"post_call_transcription\"}";

  /// Made with another implementation.
  private static final String VECTOR =
      "v0=c05df1a7e6a3351675911e8a24a7ed0635c064e5d21996e2a473e2e8a4fdf19f";

  private static final String OTHER = "v0=" + "0".repeat(64);

  @Test
  void acceptsTheVector() {
    assertThat(isValid("t=" + NOW + "," + VECTOR, BODY)).isTrue();
    assertThat(ReportSigning.header(SECRET, NOW, BODY)).isEqualTo("t=" + NOW + "," + VECTOR);
  }

  @ParameterizedTest
  @CsvSource({"300, true", "-300, true", "301, false", "-301, false", "1800, false"})
  void timeMayBeFiveMinutesOffEitherWay(long offset, boolean valid) {
    assertThat(isValid(ReportSigning.header(SECRET, NOW + offset, BODY), BODY)).isEqualTo(valid);
  }

  @Test
  void everySecretIsAcceptedWhileTheyAreRotated() {
    WebhookSignature rotating = signature("new", " old ", "");

    for (String secret : List.of("new", "old")) {
      assertThat(isValid(rotating, ReportSigning.header(secret, NOW, BODY), BODY)).isTrue();
    }
    for (String secret : List.of("older", " old ")) {
      assertThat(isValid(rotating, ReportSigning.header(secret, NOW, BODY), BODY)).isFalse();
    }
  }

  @Test
  void anyOfSeveralSignaturesIsEnough() {
    String t = "t=" + NOW + ",";

    assertThat(isValid(t + OTHER + "," + VECTOR, BODY)).isTrue();
    assertThat(isValid(t + VECTOR + "," + OTHER, BODY)).isTrue();
    assertThat(isValid(VECTOR + "," + t + "v1=next", BODY)).isTrue();
    assertThat(isValid(t + OTHER + "," + OTHER, BODY)).isFalse();
    assertThat(isValid(t + VECTOR + ("," + OTHER).repeat(8), BODY)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "%1$s",
        "t=,%1$s",
        "t=-1739537297,%1$s",
        "t=+1739537297,%1$s",
        "t=1739537297.0,%1$s",
        "t=1739537297e0,%1$s",
        "t=0x67AF3A11,%1$s",
        "t=now,%1$s",
        "t= 1739537297,%1$s",
        "t=99999999999999999999,%1$s",
        "t=9223372036854775807,%1$s",
        "t=\u0661\u0667\u0663\u0669,%1$s",
        "t=1739537297,t=1739537297,%1$s",
        "t=1,t=1739537297,%1$s",
        "T=1739537297,%1$s",
        "t=1739537297",
        "t=1739537297,",
        "t=1739537297,%1$s,",
        "t=1739537297, %1$s",
        "t=1739537297;%1$s",
        "t=1739537297,%1$s0",
        "t=1739537297,v0=",
        "t=1739537297,v0=zz",
        "t=1739537297,v1=c05df1a7e6a3351675911e8a24a7ed0635c064e5d21996e2a473e2e8a4fdf19f",
        "t=1739537297,%1$s,x=y"
      })
  void aHeaderThatIsAnyhowMalformedIsRefused(String header) {
    assertThat(isValid(header.formatted(VECTOR), BODY)).isFalse();
  }

  @Test
  void hexIsInLowerCase() {
    String upper = "v0=" + VECTOR.substring(3).toUpperCase(Locale.ROOT);

    assertThat(isValid("t=" + NOW + "," + upper, BODY)).isFalse();
  }

  @Test
  void aHeaderComesOnce() {
    WebhookSignature signature = signature(SECRET);
    String header = "t=" + NOW + "," + VECTOR;

    assertThat(signature.claim(List.of(header))).isPresent();
    assertThat(signature.claim(List.of(header, header))).isEmpty();
    assertThat(signature.claim(List.of())).isEmpty();
    assertThat(signature.claim(List.of("t=" + NOW + "," + "v0=0".repeat(10_000)))).isEmpty();
  }

  @Test
  void everyByteOfTheBodyIsSigned() {
    String header = "t=" + NOW + "," + VECTOR;

    assertThat(isValid(header, BODY + "\n")).isFalse();
    assertThat(isValid(header, "\uFEFF" + BODY)).isFalse();
    assertThat(isValid(header, BODY.replace(":", ": "))).isFalse();
    assertThat(isValid(header, "")).isFalse();
    assertThat(isValid("t=" + (NOW + 1) + "," + VECTOR, BODY)).isFalse();
  }

  @Test
  void withoutASecretNothingIsValid() {
    for (WebhookSignature none : List.of(signature(), signature("", "  "))) {
      assertThat(none.isConfigured()).isFalse();
      assertThat(isValid(none, ReportSigning.header(" ", NOW, BODY), BODY)).isFalse();
    }
  }

  private static boolean isValid(String header, String body) {
    return isValid(signature(SECRET), header, body);
  }

  private static boolean isValid(WebhookSignature signature, String header, String body) {
    return signature
        .claim(List.of(header))
        .filter(claim -> signature.isTrue(claim, body.getBytes(UTF_8)))
        .isPresent();
  }

  private static WebhookSignature signature(String... secrets) {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC);
    return new WebhookSignature(Arrays.stream(secrets).map(Secret::new).toList(), clock);
  }
}
