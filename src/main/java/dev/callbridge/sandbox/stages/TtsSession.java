package dev.callbridge.sandbox.stages;

import dev.callbridge.sandbox.speech.Mulaw;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Text-to-speech on one socket, five contexts at most, or one without a name. Sends a piece of an
/// abandoned context after it was abandoned, as the vendor may.
///
/// The voice is its script: `snake` and `schema` spell the fields in other ways, `dies` and
/// `hoarse` cut the connection at the first text, `errs` answers it with an error, `mute` with no
/// audio, `hangs` and `mute-too` with nothing at all, `lingers` takes its time over the end of a
/// context.
final class TtsSession {

  private static final int MAX_CONTEXTS = 5;

  /// A second of speech.
  private static final int PIECE = 8_000;

  private static final String ALONE = "";

  private static final Duration FIRST = Duration.ofMillis(40);

  private final SandboxStages stages;
  private final StageWire wire;
  private final Synthesis synthesis;
  private final String voice;
  private final Set<String> unfinished = ConcurrentHashMap.newKeySet();

  TtsSession(SandboxStages stages, Synthesis synthesis, String voice) {
    this.stages = stages;
    this.wire = new StageWire(stages);
    this.synthesis = synthesis;
    this.voice = voice;
  }

  Publisher<Void> run(WebsocketInbound in, WebsocketOutbound out) {
    return wire.run(in, out, this::receive);
  }

  /// With one context, which the first message begins and an empty text ends.
  Publisher<Void> runAlone(WebsocketInbound in, WebsocketOutbound out) {
    return wire.run(in, out, this::receiveAlone);
  }

  private void receiveAlone(JsonNode message) {
    String text = message.path("text").asString("?");
    if (unfinished.add(ALONE)) {
      stages.contextBegun(message);
      if (!text.equals(" ") || !message.has("voice_settings") || message.has("context_id")) {
        stages.protocolError("a socket of one context begins with a space and its settings");
      }
    } else if (text.isEmpty()) {
      finish(ALONE);
      if (!isStuck()) {
        wire.close(1000);
      }
    } else if (!text.endsWith(" ")) {
      stages.protocolError("a text without a space at its end");
    } else {
      speak(ALONE, text.strip());
    }
  }

  private void receive(JsonNode message) {
    String context = message.path("context_id").asString("");
    if (context.isEmpty()) {
      stages.protocolError("a message without a context_id");
    }
    String text = message.path("text").asString("").strip();
    if (message.has("text") && unfinished.add(context)) {
      stages.contexts(unfinished.size());
      stages.contextBegun(message);
      if (unfinished.size() > MAX_CONTEXTS) {
        stages.protocolError("more than five contexts");
        wire.send(error("max_active_conversations"));
        wire.close(1008);
        return;
      } else if (!message.has("voice_settings")) {
        stages.protocolError("a context without voice_settings");
      }
    }
    if (!text.isEmpty()) {
      speak(context, text);
    }
    if (message.path("close_context").asBoolean(false)) {
      if (!unfinished.contains(context)) {
        stages.protocolError("a context was closed that is not open");
      }
      finish(context);
    }
  }

  private void speak(String context, String text) {
    switch (voice) {
      case "dies", "hoarse" -> wire.cut();
      case "errs" -> wire.send(error("internal_error"));
      case "mute", "hangs", "mute-too" -> {}
      default -> {
        byte[] speech = synthesis.speak(text);
        for (int at = 0; at < speech.length; at += PIECE) {
          byte[] piece = Arrays.copyOfRange(speech, at, Math.min(speech.length, at + PIECE));
          int from = (int) ((long) text.length() * at / speech.length);
          int to = (int) ((long) text.length() * (at + piece.length) / speech.length);
          String said = text.substring(from, to) + (at + piece.length == speech.length ? " " : "");
          wire.send(sound(context, piece, said), at == 0 ? FIRST : Duration.ZERO);
        }
      }
    }
  }

  private void finish(String context) {
    if (isStuck()) {
      return;
    }
    ObjectNode last = StageWire.message();
    if (!context.equals(ALONE)) {
      last.put(name("contextId", "context_id"), context);
    }
    wire.send(
        last.put(name("isFinal", "is_final"), true),
        voice.equals("lingers") ? Duration.ofMillis(150) : Duration.ZERO,
        () -> unfinished.remove(context));
  }

  private boolean isStuck() {
    return voice.equals("hangs") || voice.equals("mute-too");
  }

  private ObjectNode sound(String context, byte[] ulaw, String text) {
    ObjectNode message = StageWire.message();
    message.put("audio", Base64.getEncoder().encodeToString(ulaw));
    if (!context.equals(ALONE)) {
      message.put(name("contextId", "context_id"), context);
    }
    message.putNull(name("isFinal", "is_final"));
    ObjectNode alignment = message.putObject("alignment");
    ArrayNode chars = alignment.putArray("chars");
    ArrayNode starts = alignment.putArray(name("charStartTimesMs", "char_start_times_ms"));
    ArrayNode durations =
        alignment.putArray(
            voice.equals("schema")
                ? "charsDurationsMs"
                : name("charDurationsMs", "char_durations_ms"));
    long millis = Mulaw.duration(ulaw.length).toMillis();
    for (int i = 0; i < text.length(); i++) {
      chars.add(text.substring(i, i + 1));
      starts.add(millis * i / text.length());
      durations.add(millis / text.length());
    }
    return message;
  }

  private static ObjectNode error(String error) {
    return StageWire.message()
        .put("message", "so says the script")
        .put("error", error)
        .put("code", 1008);
  }

  private String name(String camel, String snake) {
    return voice.equals("snake") ? snake : camel;
  }
}
