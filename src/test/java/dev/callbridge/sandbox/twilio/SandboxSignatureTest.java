package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.twilio.security.RequestValidator;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Twilio's published vectors, and Twilio's own validator as a second opinion.
class SandboxSignatureTest {
  private final Signature signature = new Signature("12345");
  private final RequestValidator validator = new RequestValidator("12345");

  @Test
  void signsAFormWithAQueryInTheUrl() {
    String url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    var form =
        Map.of(
            "CallSid", "CA1234567890ABCDE",
            "Caller", "+14158675309",
            "Digits", "1234",
            "From", "+14158675309",
            "To", "+18005551212");
    assertThat(signature.sign(url, form)).isEqualTo("RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assertThat(validator.validate(url, form, signature.sign(url, form))).isTrue();
  }

  @Test
  void signsEmptyValues() {
    var form =
        Map.of(
            "AccountSid", "AC00000000000000000000000000000001",
            "CallDuration", "15",
            "CallSid", "CA00000000000000000000000000000001",
            "CallStatus", "completed",
            "CallerName", "",
            "From", "+15551112222",
            "SequenceNumber", "3",
            "Timestamp", "Tue, 31 Aug 2010 20:36:44 +0000",
            "To", "+15553334444");
    assertThat(signature.sign("https://voice.example.com/twilio/status", form))
        .isEqualTo("wsThWQWgEAvFMuIQYZ3vfzL5eUE=");
  }

  @Test
  void signsSocketsAsTheyAreWritten() {
    assertThat(signature.sign("wss://voice.example.com/twilio/media", Map.of()))
        .isEqualTo("PGLrn08/Ba1sEIuSwPQRBPD54PA=");
    assertThat(signature.sign("wss://voice.example.com/twilio/media/", Map.of()))
        .isEqualTo("/l2QA+p8VR0Ejy/AIlzbV7YZXIA=");
    assertThat(signature.sign("https://voice.example.com/twilio/media", Map.of()))
        .isEqualTo("O4P2Ggul8e4hQEZViN+aHilXfFo=");
  }

  @Test
  void leavesConnectionOverridesOut() {
    assertThat(signature.sign("wss://voice.example.com/twilio/media#rc=3&rp=ct", Map.of()))
        .isEqualTo("PGLrn08/Ba1sEIuSwPQRBPD54PA=");
  }

  @Test
  void doesNotPrintItsKey() {
    assertThat(signature.toString()).doesNotContain("12345");
  }
}
