package dev.callbridge.phone;

import com.microsoft.playwright.Page;
import dev.callbridge.sandbox.speech.Mulaw;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;

/// What a page has played, taken from where its audio graph ends.
final class Loudspeaker {

  /// Everything that is connected to a loudspeaker is recorded beside it.
  static final String TAP =
      """
      (() => {
        const connect = AudioNode.prototype.connect;
        const taps = [];
        AudioNode.prototype.connect = function (to, ...rest) {
          if (to instanceof AudioDestinationNode) {
            const tap = this.context.createScriptProcessor(16384, 1, 1);
            const pieces = [];
            tap.onaudioprocess = (e) => pieces.push(new Float32Array(e.inputBuffer.getChannelData(0)));
            connect.call(this, tap);
            connect.call(tap, to);
            taps.push({ pieces, rate: this.context.sampleRate });
          }
          return connect.call(this, to, ...rest);
        };
        window.recorded = () => {
          const loud = ({ pieces }) => pieces.reduce((sum, p) => sum + p.reduce((s, x) => s + x * x, 0), 0);
          const { pieces, rate } = taps.reduce((a, b) => (loud(b) > loud(a) ? b : a));
          const pcm = Int16Array.from(pieces.flatMap((p) => [...p]), (x) => Math.max(-32768, Math.min(32767, x * 32768)));
          let text = '';
          for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
          return { rate, pcm: btoa(text) };
        };
      })();
      """;

  private Loudspeaker() {}

  /// All that is loud enough to be speech, with what lies between, as 8 kHz mu-law.
  static byte[] heard(Page page) {
    String recorded = page.evaluate("JSON.stringify(window.recorded())").toString();
    var json = new JsonMapper().readTree(recorded);
    double step = json.path("rate").asDouble() / 8_000;
    ShortBuffer pcm =
        ByteBuffer.wrap(Base64.getDecoder().decode(json.path("pcm").asString()))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    byte[] ulaw = new byte[(int) (pcm.remaining() / step)];
    for (int i = 0; i < ulaw.length; i++) {
      ulaw[i] = Mulaw.fromLinear(pcm.get((int) (i * step)));
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
