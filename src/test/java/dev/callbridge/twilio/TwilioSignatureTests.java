package dev.callbridge.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.twilio.security.RequestValidator;
import dev.callbridge.secrets.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TwilioSignatureTests {

  private static final String TOKEN = "12345";
  private static final String URL = "https://voice.example.com/twilio/voice?call=1&name=J%20D";

  private final TwilioSignature signature = new TwilioSignature(List.of(new Secret(TOKEN)));

  @Test
  void acceptsTwiliosOwnExample() {
    Map<String, String> form =
        Map.of(
            "CallSid", "CA1234567890ABCDE",
            "Caller", "+14158675309",
            "Digits", "1234",
            "From", "+14158675309",
            "To", "+18005551212");

    assertThat(
            isValid(
                "https://mycompany.com/myapp.php?foo=1&bar=2",
                form,
                "RSOYDt4T1cUTdK1PDd93/VVr8B8="))
        .isTrue();
  }

  @Test
  void acceptsAStatusCallbackWithAnEmptyValue() {
    Map<String, String> form =
        Map.of(
            "AccountSid", "AC" + "0".repeat(31) + "1",
            "CallDuration", "15",
            "CallSid", "CA" + "0".repeat(31) + "1",
            "CallStatus", "completed",
            "CallerName", "",
            "From", "+15551112222",
            "SequenceNumber", "3",
            "Timestamp", "Tue, 31 Aug 2010 20:36:44 +0000",
            "To", "+15553334444");

    assertThat(
            isValid(
                "https://voice.example.com/twilio/status", form, "wsThWQWgEAvFMuIQYZ3vfzL5eUE="))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "wss://voice.example.com/twilio/media, PGLrn08/Ba1sEIuSwPQRBPD54PA=",
    "wss://voice.example.com/twilio/media/, /l2QA+p8VR0Ejy/AIlzbV7YZXIA=",
    "https://voice.example.com/twilio/media, O4P2Ggul8e4hQEZViN+aHilXfFo="
  })
  void acceptsAnUpgradeSignedAsItWasAdvertised(String url, String signed) {
    assertThat(isValid(url, Map.of(), signed)).isTrue();
    assertThat(isValid(url + "x", Map.of(), signed)).isFalse();
  }

  @Test
  void agreesWithTwiliosValidatorOnWhateverIsSent() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    RequestValidator validator = new RequestValidator(TOKEN);
    for (int i = 0; i < 500; i++) {
      Map<String, String> form = new LinkedHashMap<>();
      for (int n = random.nextInt(12); n > 0; n--) {
        form.put(text(random, 8), text(random, 20));
      }
      String url = "https://voice.example.com/twilio/" + random.nextInt() + "?a=" + i;
      String signed = Signing.sign(TOKEN, url, form);
      Map<String, String> tampered = new LinkedHashMap<>(form);
      tampered.merge(text(random, 8), "x", String::concat);

      assertThat(validator.validate(url, form, signed)).as("seed %d", seed).isTrue();
      assertThat(isValid(url, form, signed)).as("seed %d", seed).isTrue();
      assertThat(validator.validate(url, tampered, signed)).as("seed %d", seed).isFalse();
      assertThat(isValid(url, tampered, signed)).as("seed %d", seed).isFalse();
    }
  }

  @Test
  void acceptsEveryTokenWhileTheyAreRotated() {
    TwilioSignature rotating = new TwilioSignature(List.of(new Secret("new"), new Secret("old")));

    for (String token : List.of("new", "old")) {
      assertThat(rotating.isValid(List.of(URL), List.of(), Signing.hmac(token, URL))).isTrue();
    }
    assertThat(rotating.isValid(List.of(URL), List.of(), Signing.hmac("older", URL))).isFalse();
  }

  @Test
  void acceptsAnySpellingOfTheUrlThatItIsGiven() {
    String signed = Signing.hmac(TOKEN, URL + "#rc=3");

    assertThat(signature.isValid(List.of(URL, URL + "#rc=3"), List.of(), signed)).isTrue();
    assertThat(signature.isValid(List.of(URL), List.of(), signed)).isFalse();
  }

  @Test
  void signsRepeatedNamesInOrderOfValueEachOnce() {
    List<Map.Entry<String, String>> form =
        List.of(Map.entry("b", "2"), Map.entry("b", "1"), Map.entry("a", ""), Map.entry("b", "2"));

    assertThat(signature.isValid(List.of(URL), form, Signing.hmac(TOKEN, URL + "ab1b2"))).isTrue();
  }

  @Test
  void refusesEverySignatureThatIsAnyhowDifferent() {
    String signed = Signing.hmac(TOKEN, URL);
    for (int i = 0; i < signed.length(); i++) {
      assertThat(isValid(URL, Map.of(), signed.substring(0, i))).isFalse();
      char other = signed.charAt(i) == 'A' ? 'B' : 'A';
      assertThat(isValid(URL, Map.of(), signed.substring(0, i) + other + signed.substring(i + 1)))
          .isFalse();
    }
    assertThat(isValid(URL, Map.of(), signed + "=")).isFalse();
    assertThat(isValid(URL, Map.of(), " " + signed)).isFalse();
    assertThat(isValid(URL, Map.of(), null)).isFalse();
  }

  @Test
  void doesNotStartWithoutAToken() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TwilioSignature(List.of()));
  }

  private boolean isValid(String url, Map<String, String> form, @Nullable String signed) {
    return signature.isValid(List.of(url), List.copyOf(form.entrySet()), signed);
  }

  /// Any characters at all, but halves of pairs.
  private static String text(Random random, int length) {
    return random
        .ints(0, 0x1_F6FF)
        .filter(c -> c < 0xD800 || c > 0xDFFF)
        .limit(1 + random.nextInt(length))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
