package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One conversation of the agent with a caller: listens, takes turns, and misbehaves as told.
///
/// Runs on the one event loop: [#receive] for each message of the client, [#tick] every 20 ms. It
/// ends when its [AgentWire] is over, or the connection is gone.
final class Conversation implements Ear.Listener {

  static final Duration TICK = Duration.ofMillis(20);

  /// Between the end of the caller's turn and the agent's reply.
  private static final Duration THINKING = Duration.ofMillis(250);

  /// The `slow` agent's first audio.
  private static final Duration SLOW = Duration.ofMillis(2_500);

  /// When a fault in the middle of the conversation strikes.
  private static final Duration MIDWAY = Duration.ofSeconds(2);

  /// Silence of the caller before the agent asks whether anybody is there, and then gives up.
  private static final Duration PATIENCE = Duration.ofSeconds(7);

  /// Without any message of the client the vendor closes with `transport_receive_timeout`.
  private static final Duration INPUT_TIMEOUT = Duration.ofSeconds(60);

  /// Between the last message and the close, so that the two do not arrive as one.
  private static final Duration BEFORE_CLOSE = Duration.ofMillis(300);

  /// How long a close may wait for a client that reads nothing.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration LONGEST_GAP_IN_SPEECH = Duration.ofMillis(700);
  private static final Duration CORRECTION_AFTER = Duration.ofMillis(400);
  private static final int FLOOD_MILLIS = 60_000;
  private static final int GARBLED_MESSAGES = 40;
  private static final int FLOOD_OF_PINGS = 500;
  private static final int TICKS_PER_VAD_SCORE = 5;

  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  private final SpeechClips clips;
  private final AgentVoice voice;
  private final AgentSession ledger;
  private final AgentWire wire;
  private final PostCallWebhooks webhooks;
  private final Agenda agenda = new Agenda();
  private final Deque<AgentWire.Outgoing> sprinkles = new ArrayDeque<>();
  private final Pulse pulse;
  private final Mouth mouth;
  private final Tools tools;

  private AgentBehaviour behaviour;
  private Dialogue dialogue;
  private Ear ear;
  private boolean begun;
  private boolean ending;
  private boolean interrupting;
  private boolean asked;
  private boolean waitingForTool;
  private int turns;
  private int ticks;
  private long lastInput = System.nanoTime();
  private long lastAudio = lastInput;
  private long quietSince = lastInput;
  private Agenda.@Nullable Item reply;
  private @Nullable Long overSince;

  Conversation(
      SpeechClips clips,
      AgentVoice voice,
      AgentSession ledger,
      AgentWire wire,
      PostCallWebhooks webhooks) {
    this.webhooks = webhooks;
    this.clips = clips;
    this.voice = voice;
    this.ledger = ledger;
    this.wire = wire;
    this.behaviour = ledger.behaviour();
    this.dialogue = new Dialogue(behaviour);
    this.ear = new Ear(behaviour.input(), this);
    this.pulse = new Pulse(wire, ledger);
    this.mouth = new Mouth(wire, ledger, this::sprinkle);
    this.tools = new Tools(wire, ledger, agenda);
  }

  /// A text message of the client.
  void receive(String text) {
    ClientMessage message = ClientMessages.parse(text);
    lastInput = System.nanoTime();
    if (wire.isOver()) {
      return;
    }
    if (message instanceof ClientMessage.Invalid(String problem, String errorType)) {
      ledger.protocolError(problem);
      if (!errorType.isEmpty()) {
        fail(1008, errorType, problem);
      }
    } else if (message instanceof ClientMessage.Initiation(var data)) {
      ledger.note("received conversation_initiation_client_data", "");
      if (begun || ledger.initiationData().isPresent()) {
        ledger.protocolError("a second conversation_initiation_client_data");
      } else {
        ledger.initiated(data);
        begin();
      }
    } else if (begun) {
      hear(message);
    } else if (behaviour != AgentBehaviour.SILENT) {
      String problem = "first message is not conversation_initiation_client_data";
      ledger.protocolError(problem);
      fail(1008, "invalid_message", problem);
    }
  }

  /// A binary message of the client, which the protocol has no use for.
  void receiveBinary(int bytes) {
    String problem = "binary message of " + bytes + " bytes";
    ledger.protocolError(problem);
    fail(1008, "invalid_message", problem);
  }

  void tick(long now) {
    if (wire.isStalled()) {
      return;
    }
    if (wire.isOver()) {
      overSince = overSince == null ? now : overSince;
      if (now - overSince > CLOSE_TIMEOUT.toNanos()) {
        wire.reset();
      }
      return;
    }
    if (now - lastInput > INPUT_TIMEOUT.toNanos()) {
      fail(1002, "transport_receive_timeout", "no input for " + INPUT_TIMEOUT.toSeconds() + " s");
      return;
    }
    if (!begun) {
      return;
    }
    agenda.tick(now);
    pulse.tick(now);
    mouth.tick();
    if (now - lastAudio > LONGEST_GAP_IN_SPEECH.toNanos()) {
      ear.waited();
    }
    if (++ticks % TICKS_PER_VAD_SCORE == 0 && wire.sends("vad_score")) {
      wire.send("vad_score", AgentMessages.vadScore(ear.score()), "");
    }
    mindTheSilence(now);
  }

  void drop() {
    wire.reset();
  }

  void hangUp() {
    wire.close(1000, "");
  }

  String id() {
    return ledger.conversationId();
  }

  /// A mistake of the sandbox's own, told as the vendor tells its own.
  void crash(RuntimeException mistake) {
    log.error("{} failed", ledger.conversationId(), mistake);
    ledger.note("crashed", mistake.toString());
    fail(1011, "unknown_websocket_crash", "Unexpected server error");
  }

  private void begin() {
    Initiation initiation;
    try {
      initiation = Initiation.of(ledger.initiationData().orElseThrow());
    } catch (Initiation.Refused e) {
      ledger.protocolError(e.problem());
      fail(1008, e.errorType(), e.problem());
      return;
    }
    String chosen = initiation.variables().get("sandbox_agent");
    if (chosen != null) {
      Optional<AgentBehaviour> named = AgentBehaviour.named(chosen);
      if (named.isEmpty()) {
        fail(1008, "value_error", "no sandbox agent behaves as " + chosen);
        return;
      }
      behave(named.get());
    }
    switch (behaviour) {
      case SILENT -> {}
      case CLOSES_EARLY -> wire.close(1011, "Internal server error");
      case OVERRIDE_ERROR ->
          fail(1008, "override_error", "Override for field 'first_message' is not allowed.");
      case MISSING_VARIABLE ->
          fail(
              1008,
              "missing_dynamic_variable",
              "Missing required dynamic variables in first message: {'name'}");
      default -> converse(initiation);
    }
  }

  private void behave(AgentBehaviour chosen) {
    behaviour = chosen;
    ledger.behaves(chosen);
    dialogue = new Dialogue(chosen);
    ear = new Ear(chosen.input(), this);
  }

  private void converse(Initiation initiation) {
    begun = true;
    if (initiation.clientEvents() != null) {
      wire.clientEvents(initiation.clientEvents());
    }
    tools.configure(initiation.variables());
    wire.send(
        "conversation_initiation_metadata",
        AgentMessages.metadata(ledger.conversationId(), behaviour.output(), behaviour.input()),
        behaviour.output().wireName() + " out, " + behaviour.input().wireName() + " in");
    pulse.tick(System.nanoTime());
    agenda.in(
        Duration.ofSeconds(initiation.maxDurationSeconds()),
        () -> fail(1000, "max_duration_exceeded", "Max conversation duration exceeded"));
    planMisfortune();
    quietSince = System.nanoTime();
    if (behaviour == AgentBehaviour.SLOW) {
      agenda.in(SLOW, () -> greet(initiation.firstMessage()));
    } else {
      greet(initiation.firstMessage());
    }
  }

  private void planMisfortune() {
    switch (behaviour) {
      case DIES_AT_ONCE -> agenda.in(TICK, wire::reset);
      case DIES -> agenda.in(MIDWAY, wire::reset);
      case STALLS -> agenda.in(MIDWAY, this::stall);
      case GARBLED -> agenda.in(MIDWAY, this::babble);
      case PING_FLOOD -> agenda.in(MIDWAY, () -> pulse.flood(FLOOD_OF_PINGS));
      case OVERSIZED -> agenda.in(MIDWAY, this::sendOversized);
      case CLOSES_1000 -> agenda.in(MIDWAY, () -> wire.close(1000, ""));
      case CLOSES_1002 ->
          agenda.in(MIDWAY, () -> fail(1002, "llm_timeout", "LLM response took too long"));
      case CLOSES_1008 ->
          agenda.in(MIDWAY, () -> fail(1008, "value_error", "Could not process the message"));
      case CLOSES_1011 -> agenda.in(MIDWAY, () -> wire.close(1011, "Internal server error"));
      case MALFORMED -> sprinkles.addAll(Mischief.malformed(wire::nextEventId));
      case REPORTS_EARLY -> agenda.in(MIDWAY, () -> webhooks.post(ledger));
      case UNKNOWN_EVENTS -> sprinkles.addAll(Mischief.unknownEvents(wire::nextEventId));
      default -> {}
    }
  }

  private void stall() {
    ledger.note("stalled", "");
    wire.stall();
  }

  private void babble() {
    for (int i = 0; i < GARBLED_MESSAGES; i++) {
      wire.sendAnyway(new AgentWire.Outgoing.Text("this is not JSON"), "garbled", "");
    }
  }

  private void sendOversized() {
    wire.sendAnyway(Mischief.oversized(wire.nextEventId()), "oversized", "");
  }

  private void greet(@Nullable String firstMessage) {
    if (behaviour == AgentBehaviour.FLOOD) {
      mouth.say(voice.repeat("long", FLOOD_MILLIS, behaviour.output()), true);
    } else if (behaviour != AgentBehaviour.MUTE
        && (firstMessage == null || !firstMessage.isEmpty())) {
      AudioFormat format = behaviour.output();
      AgentVoice.Utterance own = voice.say("greeting", format);
      String text = firstMessage == null ? own.text() : firstMessage;
      mouth.say(voice.say("greeting", text, format), false);
    }
  }

  private void hear(ClientMessage message) {
    switch (message) {
      case ClientMessage.UserAudio(byte[] audio) -> listen(audio);
      case ClientMessage.Pong(int eventId) -> {
        ledger.note("received pong", "event_id " + eventId);
        pulse.pong(eventId, lastInput);
      }
      case ClientMessage.ToolResult(String id, String result, boolean isError) ->
          tools.answered(id, result, isError);
      case ClientMessage.UserMessage(String text) -> {
        ledger.note("received user_message", text);
        if (!text.isEmpty()) {
          ledger.said("user", text);
          turnEnded(nameOf(text), Dialogue.SHORTEST_ANSWER_MILLIS);
        }
      }
      case ClientMessage.UserActivity _ -> {
        ledger.note("received user_activity", "");
        quietSince = lastInput;
      }
      case ClientMessage.ContextualUpdate(String text) ->
          ledger.note("received contextual_update", text);
      case ClientMessage.Unused(String type) -> ledger.note("received " + type, "");
      case ClientMessage.Initiation _, ClientMessage.Invalid _ ->
          throw new IllegalStateException("handled before: " + message);
    }
  }

  private void listen(byte[] audio) {
    if (ledger.callerFrames() == 0) {
      ledger.note("received user_audio_chunk", audio.length + " bytes, the first");
    }
    lastAudio = lastInput;
    ledger.heard(audio);
    if (audio.length % behaviour.input().bytesPerSample() != 0) {
      ledger.protocolError("half a sample in " + audio.length + " bytes of caller audio");
    }
    ear.hear(audio);
  }

  @Override
  public void speechStarted() {
    ledger.note("speech started", "");
    asked = false;
    if (reply != null) {
      reply.crossOut();
    }
    if (!ending && wire.sends("interruption")) {
      mouth.interrupt(lastInput).ifPresent(this::interrupted);
    }
  }

  /// Two events of audio are made to arrive after the interruption with ids from before it, as
  /// happens when they are already on their way. Whoever plays them has not understood the ids.
  private void interrupted(Mouth.CutShort cut) {
    interrupting = true;
    int firstStale = wire.nextEventId();
    wire.nextEventId();
    int eventId = wire.nextEventId();
    wire.send("interruption", AgentMessages.interruption(eventId), "event_id " + eventId);
    for (int i = 0; i < cut.next().size(); i++) {
      mouth.emit(cut.next().get(i), firstStale + i, ", stale");
    }
    ledger.interrupted(cut.original(), cut.heard());
    correct(cut.original(), cut.heard());
  }

  private void correct(String original, String corrected) {
    wire.send(
        "agent_response_correction",
        AgentMessages.correction(original, corrected, wire.nextEventId()),
        corrected);
  }

  @Override
  public void speechEnded(byte[] utterance, int loudMillis) {
    quietSince = lastInput;
    Optional<Clip> clip = clips.identify(utterance).or(() -> clips.recognise(utterance));
    String text =
        clip.map(Clip::text)
            .orElseGet(() ->
                String.format(Locale.ROOT, "[unrecognised speech, %.1f s]", loudMillis / 1000.0));
    ledger.note("speech ended", text);
    ledger.said("user", text);
    wire.send(
        "tentative_user_transcript",
        AgentMessages.tentativeTranscript(text, wire.nextEventId()),
        text);
    wire.send("user_transcript", AgentMessages.userTranscript(text, wire.nextEventId()), text);
    turnEnded(clip.map(Clip::name).orElse(""), loudMillis);
  }

  private void turnEnded(String heard, int loudMillis) {
    quietSince = lastInput;
    if (reply != null) {
      reply.crossOut();
    }
    reply = agenda.in(THINKING, () -> answer(heard, loudMillis));
  }

  private void answer(String heard, int loudMillis) {
    if (ending || waitingForTool || isSpeechless()) {
      return;
    }
    turns++;
    Dialogue.Line line = dialogue.reply(heard, loudMillis, interrupting);
    interrupting = false;
    if (behaviour == AgentBehaviour.TOOL && turns == 2) {
      waitingForTool = true;
      say(Dialogue.CHECKING);
      tools.call(() -> afterTool(line));
    } else if (behaviour == AgentBehaviour.NOTES && turns == 1) {
      waitingForTool = true;
      tools.takeNote("The caller wants: " + heard, () -> afterTool(line));
    } else {
      say(line);
    }
  }

  private void afterTool(Dialogue.Line line) {
    quietSince = System.nanoTime();
    waitingForTool = false;
    say(line);
  }

  private void say(Dialogue.Line line) {
    AgentVoice.Utterance utterance = voice.say(line.clip(), behaviour.output());
    mouth.say(utterance, false);
    if (behaviour == AgentBehaviour.CORRECTS) {
      String corrected = utterance.text() + " Thank you.";
      agenda.in(CORRECTION_AFTER, () -> correct(utterance.text(), corrected));
    }
    if (line.last()) {
      ending = true;
      agenda.in(TICK, this::hangUpWhenSaid);
    }
  }

  private void hangUpWhenSaid() {
    if (!mouth.isDone()) {
      agenda.in(TICK, this::hangUpWhenSaid);
      return;
    }
    if (behaviour == AgentBehaviour.NOTES) {
      tools.askForTheEnd();
      return;
    }
    tools.endCall();
    agenda.in(BEFORE_CLOSE, () -> wire.close(1000, ""));
  }

  private void mindTheSilence(long now) {
    boolean busy = ending || waitingForTool || ear.hearsSpeech() || mouth.isHeard(now);
    boolean replying = reply != null && reply.isOpen();
    if (busy || replying || isSpeechless()) {
      return;
    }
    long since = Math.max(quietSince - now, mouth.heardUntil() - now);
    if (-since > PATIENCE.toNanos()) {
      say(asked ? Dialogue.GOODBYE : Dialogue.STILL_THERE);
      asked = true;
    }
  }

  private boolean isSpeechless() {
    return behaviour == AgentBehaviour.MUTE || behaviour == AgentBehaviour.GOES_QUIET;
  }

  private void sprinkle() {
    AgentWire.Outgoing next = sprinkles.poll();
    if (next != null) {
      wire.sendAnyway(next, behaviour.publicName(), "");
    }
  }

  private void fail(int code, String errorType, String problem) {
    wire.send("error", AgentMessages.error(code, errorType, problem), errorType + ": " + problem);
    // A close frame holds 123 bytes of reason.
    wire.close(code, problem.length() <= 100 ? problem : problem.substring(0, 100));
  }

  private String nameOf(String text) {
    return clips.all().stream()
        .filter(clip -> clip.text().equalsIgnoreCase(text))
        .map(Clip::name)
        .findFirst()
        .orElse("");
  }
}
