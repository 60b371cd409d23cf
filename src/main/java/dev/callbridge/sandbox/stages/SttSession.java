package dev.callbridge.sandbox.stages;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.JsonNode;

/// Speech-to-text on one socket: hears by loudness, knows the sandbox's recordings by their bytes.
///
/// The model's name is its script: `scribe_murmurs` takes a short "Hello?" for "Mm-hm.",
/// `scribe_error_X` answers with the error X, `scribe_hangs` never begins, `scribe_dies` cuts the
/// connection when the caller has said something, `scribe_limits` ends the session then,
/// `scribe_empty` says everything twice and adds empty commits, `scribe_late` takes its time over
/// each commit.
final class SttSession {

  private static final int FRAMES_TO_START = 3;
  private static final int FRAMES_BETWEEN_PARTIALS = 10;
  private static final int MAX_UTTERANCE = 240_000;
  private static final Duration LATE = Duration.ofMillis(700);

  private final StageWire wire;
  private final SandboxStages stages;
  private final SpeechClips clips;
  private final String model;
  private final int framesToEnd;
  private final boolean authorized;
  private final ByteArrayOutputStream utterance = new ByteArrayOutputStream();
  private byte[] rest = new byte[0];
  private int loud;
  private int quiet;
  private int frames;
  private boolean speaking;

  SttSession(
      SandboxStages stages, SpeechClips clips, QueryStringDecoder query, boolean authorized) {
    this.stages = stages;
    this.wire = new StageWire(stages);
    this.clips = clips;
    this.authorized = authorized;
    this.model = first(query, "model_id");
    this.framesToEnd =
        (int) (Double.parseDouble(first(query, "vad_silence_threshold_secs", "1.5")) * 50);
    if (!first(query, "audio_format").equals("ulaw_8000")
        || !first(query, "commit_strategy").equals("vad")) {
      stages.protocolError("speech-to-text was asked for something else than ulaw_8000 with vad");
    }
  }

  Publisher<Void> run(WebsocketInbound in, WebsocketOutbound out) {
    stages.listens();
    Publisher<Void> running = wire.run(in, out, this::receive);
    if (!authorized) {
      refuse("auth_error");
    } else if (model.equals("scribe_error_invalid_request")) {
      refuse("invalid_request");
    } else if (!model.equals("scribe_hangs")) {
      wire.send(StageWire.message().put("message_type", "session_started").put("session_id", "s1"));
      if (model.startsWith("scribe_error_")) {
        refuse(model.substring("scribe_error_".length()));
      }
    }
    return running;
  }

  private void refuse(String error) {
    wire.send(StageWire.message().put("message_type", error).put("error", "so says the script"));
    if (!error.equals("commit_throttled")) {
      wire.close(1008);
    }
  }

  private void receive(JsonNode message) {
    if (!message.path("message_type").asString("").equals("input_audio_chunk")
        || !message.has("commit")
        || message.path("sample_rate").asInt(0) != 8000) {
      stages.protocolError("not an input_audio_chunk: " + message.path("message_type"));
      return;
    }
    byte[] audio = Base64.getDecoder().decode(message.path("audio_base_64").asString(""));
    byte[] all = Arrays.copyOf(rest, rest.length + audio.length);
    System.arraycopy(audio, 0, all, rest.length, audio.length);
    int at = 0;
    for (; at + Mulaw.FRAME_BYTES <= all.length; at += Mulaw.FRAME_BYTES) {
      frame(Arrays.copyOfRange(all, at, at + Mulaw.FRAME_BYTES));
    }
    rest = Arrays.copyOfRange(all, at, all.length);
  }

  private void frame(byte[] ulaw) {
    boolean isLoud = Mulaw.rms(ulaw) > Mulaw.SPEECH_RMS;
    loud = isLoud ? loud + 1 : 0;
    quiet = isLoud ? 0 : quiet + 1;
    if (speaking || loud > 0) {
      if (utterance.size() < MAX_UTTERANCE) {
        utterance.writeBytes(ulaw);
      }
      frames++;
    } else {
      utterance.reset();
      frames = 0;
    }
    speaking |= loud >= FRAMES_TO_START;
    if (speaking && quiet >= framesToEnd) {
      commit();
    } else if (speaking && frames % FRAMES_BETWEEN_PARTIALS == 0) {
      wire.send(
          StageWire.message().put("message_type", "partial_transcript").put("text", partial()));
    }
  }

  private String partial() {
    Optional<Clip> clip = clips.identify(utterance.toByteArray());
    if (clip.isEmpty()) {
      return "";
    }
    List<String> words = List.of(text(clip.get()).split(" "));
    long said = Mulaw.duration(utterance.size()).toMillis();
    double part = Math.min(1, said / (double) clip.get().duration().toMillis());
    return String.join(" ", words.subList(0, (int) Math.ceil(words.size() * part)));
  }

  private void commit() {
    byte[] said = utterance.toByteArray();
    // What another voice has said, or a browser, is no longer the same bytes.
    String text = clips.identify(said).or(() -> clips.recognise(said)).map(this::text).orElse("");
    speaking = false;
    utterance.reset();
    frames = 0;
    if (model.equals("scribe_dies")) {
      wire.cut();
      return;
    }
    say(text);
    if (model.equals("scribe_empty")) {
      say("");
      say(" ");
    } else if (model.equals("scribe_limits")) {
      refuse("session_time_limit_exceeded");
    }
  }

  private void say(String text) {
    wire.send(
        StageWire.message().put("message_type", "committed_transcript").put("text", text),
        model.equals("scribe_late") ? LATE : Duration.ZERO);
  }

  private String text(Clip clip) {
    return model.equals("scribe_murmurs") && clip.name().equals("hello") ? "Mm-hm." : clip.text();
  }

  private static String first(QueryStringDecoder query, String name) {
    return first(query, name, "");
  }

  private static String first(QueryStringDecoder query, String name, String otherwise) {
    return query.parameters().getOrDefault(name, List.of(otherwise)).getFirst();
  }
}
