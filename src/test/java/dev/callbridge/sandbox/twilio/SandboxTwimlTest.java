package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TwiML as Twilio reads it.
class SandboxTwimlTest {

  @Test
  void readsTheDocumentOfARelayedCall() {
    Twiml document =
        read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Response>
              <Connect action="/after?x=1&amp;y=2">
                <Stream url="wss://h/m" name="agent" statusCallback="https://h/s">
                  <Parameter name="token" value="&lt;t&gt;"/>
                </Stream>
              </Connect>
              <!-- unreachable -->
              <Say>Sorry &amp; goodbye.</Say>
              <Hangup/>
            </Response>
            """);
    assertThat(document.verbs())
        .containsExactly(
            new Verb.Connect(
                "/after?x=1&y=2",
                "POST",
                new Verb.Stream(
                    "wss://h/m", "agent", null, "https://h/s", "POST", Map.of("token", "<t>"))),
            new Verb.Say("Sorry & goodbye."),
            new Verb.Hangup());
    assertThat(document.warnings()).isEmpty();
    assertThat(document.resolve("/after?x=1&y=2"))
        .isEqualTo("https://voice.example.com/after?x=1&y=2");
    assertThat(document.resolveSocket("/media")).isEqualTo("wss://voice.example.com/media");
  }

  @Test
  void readsADialAndTheSmallVerbs() {
    assertThat(
            read("<Response><Dial callerId='+1' timeout='20' action='/done'><Number>+2</Number>"
                    + "</Dial><Dial>+3</Dial><Pause length='2'/><Redirect>/x</Redirect>"
                    + "<Reject reason='busy'/><Gather/></Response>")
                .verbs())
        .containsExactly(
            new Verb.Dial(List.of("+2"), null, "+1", Duration.ofSeconds(20), "/done", "POST"),
            new Verb.Dial(List.of("+3"), null, null, Duration.ofSeconds(30), null, "POST"),
            new Verb.Pause(Duration.ofSeconds(2)),
            new Verb.Redirect("/x", "POST"),
            new Verb.Reject("busy"),
            new Verb.Unsupported("Gather"));
  }

  @Test
  void warnsOfAttributesThatAreNone() {
    assertThat(read("<Response><Connect><Stream URL='wss://h/m'/></Connect></Response>").warnings())
        .containsExactly("<Stream> has the attribute URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        " <?xml version='1.0'?><Response/>",
        "<response/>",
        "<Response>",
        "<Response><Say>a & b</Say></Response>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Response><Say>&e;</Say></Response>"
      })
  void refusesWhatIsNotTwiml(String document) {
    assertThatExceptionOfType(Fault.class)
        .isThrownBy(() -> read(document))
        .satisfies(fault -> assertThat(fault.code).isEqualTo(12100));
  }

  @ParameterizedTest
  @CsvSource({
    "ws://voice.example.com/m,,31922",
    "https://voice.example.com/m,,31922",
    "wss:///m,,31923",
    "wss://h /m,,31923",
    "wss://h/m,both_tracks,31941",
    "wss://h/m,inbound_track,0",
    "ws://127.0.0.1:8080/m,,0",
    "ws://localhost/m,,0",
    "/m,,0"
  })
  void judgesStreamUrls(String url, String track, int code) {
    assertThat(judge(new Verb.Stream(url, null, track, null, "POST", Map.of()))).isEqualTo(code);
  }

  @Test
  void refusesLongParameters() {
    assertThat(judge(parameter("x".repeat(494)))).isZero();
    assertThat(judge(parameter("x".repeat(495)))).isEqualTo(12200);
  }

  @Test
  void dropsTheQueryOfAStreamUrl() {
    var call = new SandboxCall("AC1", "+1", "+2", "inbound");
    var stream = new Verb.Stream("wss://h/m?a=1", null, null, null, "POST", Map.of());
    assertThat(new StreamCheck(call, true).target(stream, read("<Response/>"), "MZ1").url())
        .isEqualTo("wss://h/m");
    assertThat(call.verdicts()).containsExactly(31920);
  }

  private static int judge(Verb.Stream stream) {
    var check = new StreamCheck(new SandboxCall("AC1", "+1", "+2", "inbound"), true);
    try {
      check.check(stream, check.target(stream, read("<Response/>"), "MZ1"));
      return 0;
    } catch (Fault fault) {
      return fault.code;
    }
  }

  private static Verb.Stream parameter(String value) {
    return new Verb.Stream("wss://h/m", null, null, null, "POST", Map.of("token", value));
  }

  private static Twiml read(String document) {
    return TwimlReader.read(
        document.getBytes(StandardCharsets.UTF_8), "https://voice.example.com/voice");
  }
}
