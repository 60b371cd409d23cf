package dev.callbridge.sandbox.twilio;

import static dev.callbridge.sandbox.twilio.ScriptedServer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.twilio.security.RequestValidator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// A Media Stream over real sockets.
class SandboxMediaStreamTest extends SandboxTwilioFixture {
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  @Test
  void introducesItselfAsTwilioDoes() {
    server.twiml(
        "/voice",
        "<Connect><Stream name='agent' url='%s'><Parameter name='token' value='t&amp;1'/></Stream>"
                .formatted(server.ws("/media"))
            + "</Connect>");
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();

    List<ScriptedSocket.Message> frames = socket.take("media", 3);
    List<String> events =
        socket.messages().stream().map(ScriptedSocket.Message::event).limit(5).toList();
    assertThat(events).containsExactly("connected", "start", "media", "media", "media");
    assertThat(socket.await("connected"))
        .isEqualTo(json("{'event':'connected','protocol':'Call','version':'1.0.0'}"));
    String sid = socket.streamSid();
    assertThat(sid).matches("MZ[0-9a-f]{32}");
    assertThat(socket.await("start"))
        .isEqualTo(
            json(
                "{'event':'start','sequenceNumber':'1','streamSid':'%s','start':{'accountSid':'%s',"
                        .formatted(sid, ACCOUNT)
                    + "'streamSid':'%s','callSid':'%s','tracks':['inbound'],'mediaFormat':{"
                        .formatted(sid, call.callSid())
                    + "'encoding':'audio/x-mulaw','sampleRate':8000,'channels':1},"
                    + "'customParameters':{'token':'t&1'}}}"));
    JsonNode third = frames.getLast().json();
    assertThat(third.path("sequenceNumber")).isEqualTo(json("'4'"));
    assertThat(third.path("streamSid").asString()).isEqualTo(sid);
    assertThat(third.path("media").path("chunk")).isEqualTo(json("'3'"));
    assertThat(third.path("media").path("timestamp")).isEqualTo(json("'40'"));
    assertThat(third.path("media").path("track").asString()).isEqualTo("inbound");
    String payload = third.path("media").path("payload").asString();
    assertThat(payload).hasSize(216);
    byte[] noise = Base64.getDecoder().decode(payload);
    assertThat(noise).hasSize(160);
    assertThat(Mulaw.isAudible(noise, 160)).isFalse();
  }

  @Test
  void signsTheUpgradeAndSaysNoMoreThanTwilioDoes() {
    connectAndThen("");
    callIn();
    var headers = server.socket().headers();
    assertThat(
            new RequestValidator(TOKEN)
                .validate(server.ws("/media"), Map.of(), headers.get("X-Twilio-Signature")))
        .isTrue();
    assertThat(headers.contains("Origin")).isFalse();
    assertThat(headers.contains("Sec-WebSocket-Extensions")).isFalse();
  }

  @Test
  void sendsFiftyFramesASecond() {
    connectAndThen("");
    callIn();
    List<ScriptedSocket.Message> frames = server.socket().take("media", 101);
    double millis = (frames.getLast().nanos() - frames.getFirst().nanos()) / 1e6;
    // A stalled machine catches up, so only the average counts, and nothing is early.
    assertThat(millis).isBetween(1500.0, 3500.0);
  }

  @Test
  void echoesAMarkWhenTheSoundBeforeItHasPlayed() {
    connectAndThen("");
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();
    socket.streamSid();
    long sent = System.nanoTime();
    socket.media(speech(HALF_A_SECOND));
    socket.mark("a");
    socket.await("mark");
    assertThat(Duration.ofNanos(System.nanoTime() - sent))
        .isBetween(Duration.ofMillis(450), Duration.ofSeconds(3));
    assertThat(call.heard()).isEqualTo(speech(HALF_A_SECOND));
    assertThat(call.received())
        .singleElement()
        .satisfies(media -> assertThat(media.played()).isEqualTo(4000));
    assertThat(call.verdicts()).isEmpty();
  }

  @Test
  void playsNothingOfAnInterruptedTurnAfterClear() {
    connectAndThen("");
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();
    socket.media(speech(Duration.ofSeconds(5)));
    socket.mark("a");
    socket.media(speech(Duration.ofSeconds(5)));
    socket.mark("b");
    socket.take("media", 20);
    socket.clear();
    List<String> echoes =
        socket.take("mark", 2).stream()
            .map(mark -> mark.json().path("mark").path("name").asString())
            .toList();
    assertThat(echoes).containsExactly("a", "b");
    byte[] answer = {1, 2, 3};
    socket.media(answer);
    socket.mark("c");
    socket.take("mark", 3);
    assertThat(call.heardSince(call.clears().getFirst())).isEqualTo(answer);
    assertThat(call.received().get(1).played()).isZero();
    assertThat(call.received().get(1).cleared()).isEqualTo(40_000);
  }

  @Test
  void dropsWhatDoesNotConformAndGoesOn() {
    connectAndThen("");
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();
    socket.streamSid();
    socket.send("{\"event\":\"clear\"}");
    socket.send("nonsense");
    socket.sendBinary(new byte[] {1, 2, 3});
    socket.mark("still here");
    socket.await("mark");
    assertThat(call.verdicts()).containsExactly(31951, 31950);
    assertThat(call.finalStatus()).isNull();
  }

  @Test
  void discardsSoundPastTenMinutes() {
    connectAndThen("");
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();
    for (int minute = 0; minute < 11; minute++) {
      socket.media(new byte[60 * 8000]);
    }
    socket.clear();
    socket.mark("done");
    socket.await("mark");
    assertThat(call.verdicts()).containsExactly(31931);
    assertThat(call.received().getLast().dropped()).isTrue();
  }

  @Test
  void aCleanCloseLeadsToTheAction() {
    connectWithAction();
    server.twiml("/after", "<Say>Goodbye.</Say>");
    SandboxCall call = callIn();
    server.socket().close(1000);
    assertThat(over(call).verdicts()).isEmpty();
    ScriptedServer.Hook action = server.await("/after");
    assertThat(action.get("CallStatus")).isEqualTo("in-progress");
    assertThat(action.get("CallSid")).isEqualTo(call.callSid());
    assertThat(call.spoken()).containsExactly("Goodbye.");
    assertThat(streamEvents(settled(call))).containsExactly("stream-started", "stream-stopped");
  }

  @Test
  void anAbnormalCloseIsTheServersFault() {
    connectAndThen("<Say>Sorry.</Say>");
    SandboxCall call = callIn();
    server.socket().close(1011);
    assertThat(over(call).verdicts()).containsExactly(31921);
    assertThat(call.spoken()).containsExactly("Sorry.");
    assertThat(streamEvents(settled(call))).containsExactly("stream-started", "stream-error");
    assertThat(server.hooks("/stream").getLast().get("StreamError")).contains("31921", "1011");
  }

  @Test
  void aConnectionCutByTheServerIsTheServersFault() {
    connectAndThen("");
    SandboxCall call = callIn();
    server.socket().await("start");
    server.socket().cutConnection();
    assertThat(over(call).verdicts()).containsExactly(31921);
    assertThat(details(call, "stream")).anyMatch(detail -> detail.contains("1006"));
  }

  @Test
  void brokenFramingIsAProtocolError() {
    connectAndThen("");
    SandboxCall call = callIn();
    server.socket().await("start");
    server.socket().sendGarbage();
    assertThat(over(call).verdicts()).containsExactly(31924);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 302, 200})
  void anAnswerOtherThan101IsAHandshakeError(int status) {
    server.answer("/refused", status, "text/plain", "no");
    server.twiml(
        "/voice",
        "<Connect><Stream url='%s' statusCallback='/stream'/></Connect><Say>Sorry.</Say>"
            .formatted(server.ws("/refused")));
    SandboxCall call = callIn();
    assertThat(over(call).verdicts()).containsExactly(31920);
    assertThat(call.spoken()).containsExactly("Sorry.");
    assertThat(streamEvents(settled(call))).containsExactly("stream-error");
  }

  @Test
  void aServerThatDoesNotListenIsRefused() {
    server.twiml("/voice", "<Connect><Stream url='ws://127.0.0.1:1/media'/></Connect>");
    assertThat(over(callIn()).verdicts()).containsExactly(31902);
  }

  @Test
  void aRefusedStreamUrlIsReportedAndTheCallGoesOn() {
    server.twiml(
        "/voice",
        "<Connect><Stream url='ws://voice.example.com/m' statusCallback='/stream'/></Connect>"
            + "<Say>Sorry.</Say>");
    SandboxCall call = settled(callIn());
    assertThat(call.verdicts()).containsExactly(31922);
    assertThat(call.spoken()).containsExactly("Sorry.");
    assertThat(streamEvents(call)).containsExactly("stream-error");
  }

  @Test
  void theCallerHangingUpStopsTheStream() {
    connectWithAction();
    SandboxCall call = callIn();
    ScriptedSocket socket = server.socket();
    socket.await("media");
    call.hangUp();
    JsonNode stop = socket.await("stop");
    assertThat(stop.path("stop"))
        .isEqualTo(json("{'accountSid':'%s','callSid':'%s'}".formatted(ACCOUNT, call.callSid())));
    assertThat(stop.path("sequenceNumber").isString()).isTrue();
    assertThat(socket.closeCode()).isEqualTo(1000);
    assertThat(settled(call).finalStatus()).isEqualTo("completed");
    assertThat(details(call, "hang-up")).containsExactly("by caller");
    assertThat(server.hooks("/after")).isEmpty();
    assertThat(streamEvents(call)).containsExactly("stream-started", "stream-stopped");
  }

  @Test
  void newTwimlByRestReplacesTheStream() {
    connectWithAction();
    SandboxCall call = callIn();
    server.socket().await("media");
    rest.post("Calls/" + call.callSid() + ".json", "Twiml=<Response><Say>Moved.</Say></Response>");
    server.socket().await("stop");
    assertThat(over(call).spoken()).containsExactly("Moved.");
    assertThat(server.hooks("/after")).isEmpty();
  }

  @Test
  void keysArriveAsDtmf() {
    connectAndThen("");
    SandboxCall call = callIn();
    call.press("5#");
    List<ScriptedSocket.Message> keys = server.socket().take("dtmf", 2);
    assertThat(keys.getFirst().json().path("dtmf"))
        .isEqualTo(json("{'track':'inbound_track','digit':'5'}"));
    assertThat(keys.getLast().json().path("dtmf").path("digit").asString()).isEqualTo("#");
  }

  @Test
  void aDroppedLineSaysNothingAndTheCallGoesOn() {
    connectWithAction();
    server.twiml("/after", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call = callIn(CallerScript.answers().dropsConnection().says("again"));
    assertThat(server.socket(0).closeCode()).isNotEqualTo(1000);
    ScriptedSocket second = server.socket(1);
    second.await("media");
    assertThat(second.streamSid()).isNotEqualTo(server.socket(0).streamSid());
    assertThat(server.socket(0).messages()).noneMatch(message -> message.event().equals("stop"));
    assertThat(call.verdicts()).isEmpty();
    second.await(SandboxMediaStreamTest::isSpeech);
  }

  @Test
  void aFrozenLineSendsNothingAndStillPlays() {
    connectAndThen("");
    SandboxCall call = callIn(CallerScript.answers().staysSilentFor(HALF_A_SECOND).stopsSending());
    ScriptedSocket socket = server.socket();
    socket.take("media", 20);
    socket.media(speech(Duration.ofSeconds(1)));
    socket.mark("end");
    socket.await("mark");
    assertThat(call.heard()).hasSize(8000);
    long frames = socket.messages().stream().filter(m -> m.event().equals("media")).count();
    assertThat(frames).isBetween(20L, 26L);
  }

  @Test
  void aLineThatStopsReadingEchoesNothing() {
    connectAndThen("");
    SandboxCall call = callIn(CallerScript.answers().stopsReading());
    ScriptedSocket socket = server.socket();
    socket.await("media");
    // The first message was asked for already; nothing is asked for after it.
    socket.mark("read");
    socket.mark("unread");
    socket.take("media", 25);
    assertThat(call.timeline()).noneMatch(entry -> entry.detail().contains("unread"));
    call.hangUp();
    socket.await("stop");
  }

  @Test
  void theCallerIsHeardOnceTheAgentIsSilent() {
    connectAndThen("");
    callIn(CallerScript.answers().listens().says("hello").hangsUp());
    ScriptedSocket socket = server.socket();
    socket.media(speech(HALF_A_SECOND));
    socket.await(SandboxMediaStreamTest::isSpeech);
    socket.await("stop");
    List<ScriptedSocket.Message> said =
        socket.messages().stream().filter(SandboxMediaStreamTest::isSpeech).toList();
    var spoken = new ArrayList<Byte>();
    said.forEach(message -> addAll(spoken, sound(message)));
    byte[] clip = Clips.tones().clip("hello");
    assertThat(spoken.size()).isBetween(clip.length, clip.length + 159);
    assertThat(spoken.subList(0, 160)).containsExactlyElementsOf(bytes(clip).subList(0, 160));
  }

  @Test
  void callsDoNotDisturbEachOther() {
    connectAndThen("");
    List<SandboxCall> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(callIn());
    }
    for (int i = 0; i < 10; i++) {
      server.socket(i).media(speech(HALF_A_SECOND));
      server.socket(i).mark("end");
    }
    for (int i = 0; i < 10; i++) {
      server.socket(i).await("mark");
    }
    assertThat(calls)
        .allSatisfy(call -> {
          assertThat(call.heard()).isEqualTo(speech(HALF_A_SECOND));
          assertThat(call.verdicts()).isEmpty();
        });
  }

  private void connectAndThen(String verbs) {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>" + verbs);
  }

  private void connectWithAction() {
    server.twiml("/voice", "<Connect action='/after'>" + server.stream() + "</Connect>");
    server.twiml("/after", "<Hangup/>");
  }

  private List<String> streamEvents(SandboxCall call) {
    assertThat(call.settled().block(SOON)).isNotNull();
    return server.hooks("/stream").stream().map(hook -> hook.get("StreamEvent")).toList();
  }

  static List<String> details(SandboxCall call, String kind) {
    return call.timeline().stream()
        .filter(entry -> entry.kind().equals(kind))
        .map(SandboxCall.Entry::detail)
        .toList();
  }

  private static boolean isSpeech(ScriptedSocket.Message message) {
    return message.event().equals("media") && Mulaw.isAudible(sound(message), 160);
  }

  private static byte[] sound(ScriptedSocket.Message message) {
    return Base64.getDecoder().decode(message.json().path("media").path("payload").asString());
  }

  private static void addAll(List<Byte> list, byte[] more) {
    list.addAll(bytes(more));
  }

  private static List<Byte> bytes(byte[] array) {
    var list = new ArrayList<Byte>();
    for (byte b : array) {
      list.add(b);
    }
    return list;
  }

  private static JsonNode json(String text) {
    return new tools.jackson.databind.json.JsonMapper().readTree(text.replace('\'', '"'));
  }
}
