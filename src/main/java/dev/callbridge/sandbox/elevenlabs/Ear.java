package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.Mulaw;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;

/// Hears when the caller speaks, by loudness alone.
///
/// Time is counted in audio, 20 ms a frame, so a burst after a stall of the network is heard as it
/// was spoken. Only when no audio comes at all does the clock decide, in [#waited].
final class Ear {

  /// Loud frames in a row that make speech. A click is shorter.
  static final int FRAMES_TO_START = 3;

  /// Quiet frames in a row that end a turn: 500 ms.
  static final int FRAMES_TO_END = 25;

  /// What is kept from before speech was noticed: 200 ms.
  private static final int FRAMES_BEFORE = 10;

  /// Longest utterance kept, 30 s. The rest of a longer one is heard and not kept.
  private static final int MAX_UTTERANCE = 240_000;

  interface Listener {
    void speechStarted();

    /// The caller has been quiet for long enough.
    ///
    /// @param utterance the whole of it as mu-law
    /// @param loudMillis without the quiet around it
    void speechEnded(byte[] utterance, int loudMillis);
  }

  private final AudioFormat format;
  private final Listener listener;
  private final ArrayDeque<byte[]> before = new ArrayDeque<>();
  private final ByteArrayOutputStream utterance = new ByteArrayOutputStream();
  private byte[] rest = new byte[0];
  private boolean speaking;
  private int loud;
  private int quiet;
  private int frames;
  private double level;

  Ear(AudioFormat format, Listener listener) {
    this.format = format;
    this.listener = listener;
  }

  boolean hearsSpeech() {
    return speaking;
  }

  /// How likely the latest frame is speech, from 0 to 1.
  double score() {
    return Math.min(1, level / (4 * Mulaw.SPEECH_RMS));
  }

  void hear(byte[] audio) {
    byte[] all = Arrays.copyOf(rest, rest.length + audio.length);
    System.arraycopy(audio, 0, all, rest.length, audio.length);
    int frame = Mulaw.FRAME_BYTES * format.block();
    int at = 0;
    for (; at + frame <= all.length; at += frame) {
      frame(format.toUlaw(Arrays.copyOfRange(all, at, at + frame)));
    }
    rest = Arrays.copyOfRange(all, at, all.length);
  }

  /// No audio has come for a while, so whoever was speaking no longer is.
  void waited() {
    if (speaking) {
      end();
    }
  }

  private void frame(byte[] ulaw) {
    level = Mulaw.rms(ulaw);
    boolean isLoud = level > Mulaw.SPEECH_RMS;
    loud = isLoud ? loud + 1 : 0;
    quiet = isLoud ? 0 : quiet + 1;
    if (speaking) {
      keep(ulaw);
      if (quiet >= FRAMES_TO_END) {
        end();
      }
      return;
    }
    before.addLast(ulaw);
    if (before.size() > FRAMES_BEFORE) {
      before.removeFirst();
    }
    if (loud >= FRAMES_TO_START) {
      speaking = true;
      before.forEach(this::keep);
      frames = loud;
      before.clear();
      listener.speechStarted();
    }
  }

  private void keep(byte[] ulaw) {
    frames++;
    if (utterance.size() < MAX_UTTERANCE) {
      utterance.writeBytes(ulaw);
    }
  }

  private void end() {
    speaking = false;
    byte[] heard = utterance.toByteArray();
    int loudMillis = 20 * (frames - quiet);
    utterance.reset();
    loud = 0;
    listener.speechEnded(heard, loudMillis);
  }
}
