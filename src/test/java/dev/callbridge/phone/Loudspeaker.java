package dev.callbridge.phone;

import com.microsoft.playwright.Page;
import dev.callbridge.sandbox.speech.Mulaw;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Base64;

/// What a page has played, taken from where its audio graph ends.
final class Loudspeaker {

  /// Everything that is connected to a loudspeaker is recorded beside it, off the page's thread,
  /// which a busy machine may hold up.
  static final String TAP =
      """
      (() => {
        const connect = AudioNode.prototype.connect;
        const taps = [];
        AudioNode.prototype.connect = function (to, ...rest) {
          if (to instanceof AudioDestinationNode) {
            const stream = this.context.createMediaStreamDestination();
            const level = this.context.createAnalyser();
            connect.call(this, stream);
            connect.call(this, level);
            const recorder = new MediaRecorder(stream.stream, { audioBitsPerSecond: 128000 });
            const tap = { recorder, pieces: [], spoke: false, last: 0 };
            recorder.ondataavailable = (e) => tap.pieces.push(e.data);
            recorder.start(250);
            const now = new Float32Array(level.fftSize);
            setInterval(() => {
              level.getFloatTimeDomainData(now);
              if (now.some((x) => Math.abs(x) > 0.02)) { tap.spoke = true; tap.last = performance.now(); }
            }, 50);
            taps.push(tap);
          }
          return connect.call(this, to, ...rest);
        };
        const speaker = () => taps.find((tap) => tap.spoke);
        window.hasSpoken = () => !!speaker() && performance.now() - speaker().last > 1200;
        window.recorded = async () => {
          const { recorder, pieces } = speaker();
          await new Promise((stopped) => { recorder.onstop = stopped; recorder.stop(); });
          const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await new Blob(pieces).arrayBuffer());
          const pcm = Int16Array.from(sound.getChannelData(0), (x) => Math.max(-32768, Math.min(32767, x * 32768)));
          let text = '';
          for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
          return btoa(text);
        };
      })();
      """;

  private Loudspeaker() {}

  /// What was played until the first pause of more than a second, without the quiet around it, as 8
  /// kHz mu-law. Ends the recording.
  static byte[] heard(Page page) {
    page.waitForFunction("() => window.hasSpoken()");
    byte[] recorded = Base64.getDecoder().decode(page.evaluate("window.recorded()").toString());
    ShortBuffer pcm = ByteBuffer.wrap(recorded).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    byte[] ulaw = new byte[pcm.remaining()];
    for (int i = 0; i < ulaw.length; i++) {
      ulaw[i] = Mulaw.fromLinear(pcm.get(i));
    }
    return trimmed(ulaw);
  }

  private static byte[] trimmed(byte[] ulaw) {
    int from = 0;
    int to = ulaw.length;
    while (from + 160 <= to && Mulaw.rms(ulaw, from, 160) < Mulaw.SPEECH_RMS) {
      from += 160;
    }
    while (to - 160 >= from && Mulaw.rms(ulaw, to - 160, 160) < Mulaw.SPEECH_RMS) {
      to -= 160;
    }
    return Arrays.copyOfRange(ulaw, from, to);
  }
}
