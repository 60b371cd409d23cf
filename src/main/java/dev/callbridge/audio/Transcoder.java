package dev.callbridge.audio;

import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Turns audio of one format into another, for one direction of one call.
///
/// It remembers what came before, so chunks go in once each and in order, from one thread at a
/// time, and a new call gets a new one. What comes out does not depend on how the audio was cut.
/// The last few milliseconds of speech stay inside until more audio pushes them out.
public interface Transcoder {

  byte[] transcode(byte[] audio);

  /// Between equal formats the bytes come back untouched, in the same array.
  static Transcoder between(AudioFormat from, AudioFormat to) {
    if (from == to) {
      return audio -> audio;
    }
    Function<byte[], short[]> decode = from.isMuLaw() ? MuLaw::decode : new PcmStream()::read;
    UnaryOperator<short[]> resample = resampler(from.sampleRate(), to.sampleRate());
    Function<short[], byte[]> encode = to.isMuLaw() ? MuLaw::encode : PcmStream::write;
    return decode.andThen(resample).andThen(encode)::apply;
  }

  private static UnaryOperator<short[]> resampler(int fromRate, int toRate) {
    return fromRate == toRate ? samples -> samples : new Resampler(fromRate, toRate)::resample;
  }
}
