package dev.callbridge.phone;

import dev.callbridge.sandbox.speech.Mulaw;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/// What Chromium takes for a microphone: a WAV file, from its beginning each time it is opened.
final class FakeMicrophone {

  private static final int RATE = 48_000;
  private static final int TIMES = RATE / 8_000;

  private FakeMicrophone() {}

  static String[] switches(Path wav) {
    return new String[] {
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--use-file-for-fake-audio-capture=" + wav + "%noloop"
    };
  }

  /// @param ulaw 8 kHz; each sample is held for as long as it lasts, and what that adds above the
  ///   telephone's band the page filters out
  static Path wav(Path file, byte[] ulaw) throws IOException {
    byte[] pcm = new byte[2 * TIMES * ulaw.length];
    for (int i = 0; i < pcm.length / 2; i++) {
      short sample = Mulaw.toLinear(ulaw[i / TIMES]);
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
    try (var stream = new AudioInputStream(new ByteArrayInputStream(pcm), format, pcm.length / 2)) {
      AudioSystem.write(stream, AudioFileFormat.Type.WAVE, file.toFile());
    }
    return file;
  }
}
