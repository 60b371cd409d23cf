package dev.callbridge.sandbox.stages;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.util.Arrays;
import java.util.Comparator;

/// Speaks: what has been recorded as that part of the longest recording that has it, anything else
/// as a hum of the length it would have.
final class Synthesis {

  /// Of a hum: 60 ms a character.
  private static final int BYTES_A_CHARACTER = 480;

  private final SpeechClips clips;

  Synthesis(SpeechClips clips) {
    this.clips = clips;
  }

  byte[] speak(String text) {
    return clips.all().stream()
        .filter(clip -> clip.speaker().equals("agent") && clip.text().contains(text))
        .max(Comparator.comparing(clip -> clip.text().length()))
        .map(clip -> part(clip, text))
        .orElseGet(() -> hum(text.length() * BYTES_A_CHARACTER));
  }

  /// Parts that follow each other in the text do so in the sound.
  private static byte[] part(Clip clip, String text) {
    int from = clip.text().indexOf(text);
    int to = Math.min(clip.text().length(), from + text.length() + 1);
    return Arrays.copyOfRange(clip.ulaw(), at(clip, from), at(clip, to));
  }

  private static int at(Clip clip, int character) {
    return (int) ((long) clip.ulaw().length * character / clip.text().length());
  }

  private static byte[] hum(int bytes) {
    byte[] hum = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      hum[i] = Mulaw.fromLinear((int) (6_000 * Math.sin(2 * Math.PI * 220 * i / 8_000)));
    }
    return hum;
  }
}
