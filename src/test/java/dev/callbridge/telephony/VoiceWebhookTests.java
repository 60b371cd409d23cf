package dev.callbridge.telephony;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/// What Twilio is answered, and what becomes of a question that comes again.
@CallbridgeTest
final class VoiceWebhookTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final Callbridge callbridge;
  private final CallStore calls;
  private final Webhooks webhooks;

  VoiceWebhookTests(@Autowired Callbridge callbridge, @Autowired CallStore calls) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.webhooks = new Webhooks(callbridge.settings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/twilio/voice", "/api/v1/elevenlabs-twilio/call/incoming?voice_id=v1", "/twiml"})
  void everyVoiceRouteStreamsTheCall(String path) {
    Map<String, String> form = webhooks.call("ringing");

    Webhooks.Answer answer = webhooks.post(path, form);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(shape(answer.body())).isEqualTo(STREAM);
    Call call = find(form);
    assertThat(parameters(answer.body())).isEqualTo(Map.of("callId", call.id().toString()));
    assertThat(call.plan().voiceId()).isEqualTo(path.contains("voice_id") ? "v1" : null);
    assertThat(call.plan().from()).isEqualTo("+15550009999");
  }

  @Test
  void aQueryIsVariablesWhenTwilioAsksByGet() {
    Map<String, String> form = webhooks.call("ringing");

    Webhooks.Answer answer = webhooks.get("/twiml?name=John&system__x=1&" + Webhooks.encode(form));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(shape(answer.body())).isEqualTo(STREAM);
    Call call = find(form);
    assertThat(parameters(answer.body()))
        .isEqualTo(Map.of("name", "John", "callId", call.id().toString()));
    assertThat(call.plan().variables()).isEqualTo(Map.of("name", "John"));
  }

  @Test
  void aVariableOfTheUrlReachesTheAgent() {
    SandboxCall line =
        callbridge
            .twilio()
            .callIn(
                new InboundCall(
                    callbridge.settings().webhook("/twiml?name=John"),
                    "+15550009999",
                    "+15550001000",
                    CallerScript.answers().hears(Duration.ofMillis(200)).hangsUp(),
                    callbridge.settings().webhook("/twilio/status")));

    Call call = callbridge.awaitOutcome(line);

    assertThat(
            callbridge
                .session(call)
                .initiationData()
                .orElseThrow()
                .at("/dynamic_variables/name")
                .asString())
        .isEqualTo("John");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"/><Hangup/><Say x=\"",
        "</Parameter></Stream></Connect><Dial>+1900</Dial>",
        "]]><!--",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
        "📞 'Jörg' & \"Co\"",
        "\u0001\u001F",
        "\u0000"
      })
  void noVariableAndNoFieldOfTheFormBecomesAVerb(String hostile) {
    Map<String, String> form = webhooks.call("ringing");
    String variable = "name=" + Webhooks.encode(hostile);
    Webhooks.Answer byGet = webhooks.get("/twiml?" + variable + "&" + Webhooks.encode(form));
    assertThat(byGet.status()).isEqualTo(200);
    if (hostile.indexOf('\0') < 0) {
      assertThat(shape(byGet.body())).isEqualTo(STREAM);
      assertThat(parameters(byGet.body()))
          .containsEntry("name", hostile.replaceAll("[\\x00-\\x1F]", ""));
    } else {
      assertThat(shape(byGet.body())).isIn(STREAM, APOLOGY);
    }

    for (String name : new String[] {"From", "To", "CallerName", "Direction", "CallStatus"}) {
      Map<String, String> changed = webhooks.call("ringing");
      changed.put(name, hostile);
      Webhooks.Answer answer = webhooks.post("/twilio/voice", changed);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(shape(answer.body())).as(name).isIn(STREAM, APOLOGY);
      if (hostile.indexOf('\0') < 0) {
        assertThat(shape(answer.body())).as(name).isEqualTo(STREAM);
        assertThat(parameters(answer.body())).as(name).containsOnlyKeys("callId");
      }
    }
  }

  @Test
  void aNameThatIsNoVariablesNameIsNone() {
    Map<String, String> form = webhooks.call("ringing");

    Webhooks.Answer answer =
        webhooks.post("/twiml?%22%3E%3CHangup%2F%3E=1&a-b=2&token=3&call=4&ok_1=5", form);

    assertThat(shape(answer.body())).isEqualTo(STREAM);
    assertThat(parameters(answer.body())).containsOnlyKeys("ok_1", "callId");
    assertThat(find(form).plan().variables()).containsOnlyKeys("ok_1");
  }

  @Test
  void aQuestionThatComesAgainIsTheSameCall() {
    Map<String, String> form = webhooks.call("ringing");
    webhooks.post("/twilio/voice", form);
    Call call = find(form);

    for (int i = 0; i < 5; i++) {
      assertThat(shape(webhooks.post("/twilio/voice", form).body())).isEqualTo(STREAM);
    }

    assertThat(find(form)).isEqualTo(call);
    assertThat(callbridge.events(call.id()))
        .filteredOn(event -> event.kind() == Kind.VOICE_WEBHOOK)
        .hasSize(1);
  }

  @Test
  void aStatusThatComesAgainOrLateChangesNothing() {
    Map<String, String> form = webhooks.call("ringing");
    webhooks.post("/twilio/voice", form);
    String path = "/twilio/status/" + find(form).id();
    form.put("CallStatus", "completed");
    assertThat(webhooks.post(path, form).status()).isEqualTo(204);
    // No stream ever came; it is waited for a moment, then said to be missing.
    Call over = callbridge.await(find(form).id(), Call::isOver);
    assertThat(over.truth().state()).isEqualTo(CallState.ENDED);
    assertThat(over.truth().outcome()).isEqualTo(Outcome.CALLER_ABANDONED);

    for (String status : List.of("completed", "ringing", "in-progress", "busy", "no-such", "")) {
      form.put("CallStatus", status);
      assertThat(webhooks.post(path, form).status()).isEqualTo(204);
      Call later = find(form);
      assertThat(later.truth().state()).isEqualTo(CallState.ENDED);
      assertThat(later.truth().outcome()).isEqualTo(Outcome.CALLER_ABANDONED);
      assertThat(later.truth().timings().ended()).isEqualTo(over.truth().timings().ended());
    }
    assertThat(shape(webhooks.post("/twilio/voice", form).body())).isEqualTo(HANG_UP);
  }

  @Test
  void aStatusOfACallThatNobodyKnowsIsTakenAndForgotten() {
    Map<String, String> form = webhooks.call("completed");
    UUID nobody = UUID.randomUUID();

    assertThat(webhooks.post("/twilio/status/" + nobody, form).status()).isEqualTo(204);
    assertThat(webhooks.post("/twilio/status", form).status()).isEqualTo(204);

    assertThat(calls.find(nobody).blockOptional(Callbridge.SOON)).isEmpty();
    assertThat(
            calls
                .findByTwilioSid(String.valueOf(form.get("CallSid")))
                .blockOptional(Callbridge.SOON))
        .isEmpty();
  }

  @Test
  void whatIsBrokenStillSpeaks() {
    Map<String, String> form = webhooks.call("ringing");
    assertThat(shape(webhooks.post("/twilio/voice?assistant=nobody", form).body()))
        .isEqualTo(APOLOGY);
    form.remove("CallSid");
    assertThat(shape(webhooks.post("/twilio/voice", form).body())).isEqualTo(APOLOGY);
    assertThat(shape(webhooks.post("/twilio/voice/fallback", form).body())).isEqualTo(APOLOGY);
    assertThat(shape(webhooks.post("/twilio/voice/after-stream", form).body())).isEqualTo(APOLOGY);
  }

  private static final String STREAM = "Response[Connect[Stream[]] Say[] Hangup[]]";
  private static final String APOLOGY = "Response[Say[] Hangup[]]";
  private static final String HANG_UP = "Response[Hangup[]]";

  private Call find(Map<String, String> form) {
    String sid = Objects.requireNonNull(form.get("CallSid"));
    return Objects.requireNonNull(calls.findByTwilioSid(sid).block(SOON));
  }

  /// The verbs of a document, as a tree; parameters are told apart by [#parameters].
  private static String shape(String twiml) {
    return shape(parse(twiml));
  }

  private static String shape(Element element) {
    List<String> children = new ArrayList<>();
    for (int i = 0; i < element.getChildNodes().getLength(); i++) {
      if (element.getChildNodes().item(i) instanceof Element child
          && !child.getTagName().equals("Parameter")) {
        children.add(shape(child));
      }
    }
    return element.getTagName() + "[" + String.join(" ", children) + "]";
  }

  private static Map<String, String> parameters(String twiml) {
    var nodes = parse(twiml).getElementsByTagName("Parameter");
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      Element parameter = (Element) nodes.item(i);
      parameters.put(parameter.getAttribute("name"), parameter.getAttribute("value"));
    }
    return parameters;
  }

  private static Element parse(String twiml) {
    try {
      return DocumentBuilderFactory.newDefaultNSInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(twiml)))
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError("not XML: " + twiml, e);
    }
  }
}
