package dev.callbridge.sandbox.speech;

import static java.util.Comparator.comparing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds clips whose bytes came through unchanged.
///
/// Eight bytes at the start of every loud frame are the clip's fingerprints. Wherever one turns up,
/// the whole frame is compared; what matches is the clip.
final class ExactMatch {

  /// Less than this of a clip is chance, not recognition: ten frames, or half of a shorter clip.
  static final int ENOUGH_FRAMES = 10;

  /// A repeat of a clip is a new hearing when it goes back in the clip by more than this.
  private static final int REPLAY_BYTES = 2 * Mulaw.FRAME_BYTES;

  private record Probe(Clip clip, int offset) {}

  private final Map<Long, List<Probe>> probes = new HashMap<>();
  private final Map<Clip, Integer> loudFrames = new HashMap<>();

  ExactMatch(Collection<Clip> clips) {
    for (Clip clip : clips) {
      byte[] ulaw = clip.ulaw();
      for (int at = 0; at + Mulaw.FRAME_BYTES <= ulaw.length; at += Mulaw.FRAME_BYTES) {
        if (Mulaw.rms(ulaw, at, Mulaw.FRAME_BYTES) > Mulaw.SPEECH_RMS) {
          probes.computeIfAbsent(key(ulaw, at), _ -> new ArrayList<>(1)).add(new Probe(clip, at));
          loudFrames.merge(clip, 1, Integer::sum);
        }
      }
    }
  }

  List<Heard> find(byte[] ulaw) {
    List<Hearing> hearings = new ArrayList<>();
    int at = 0;
    while (at + Mulaw.FRAME_BYTES <= ulaw.length) {
      Probe probe = probeAt(ulaw, at);
      if (probe == null) {
        at++;
      } else {
        note(hearings, probe, at);
        at += Mulaw.FRAME_BYTES;
      }
    }
    return hearings.stream()
        .filter(
            h -> h.frames >= Math.min(ENOUGH_FRAMES, loudFrames.getOrDefault(h.clip, 0) / 2 + 1))
        .map(Hearing::heard)
        .sorted(comparing(Heard::at))
        .toList();
  }

  private @Nullable Probe probeAt(byte[] ulaw, int at) {
    List<Probe> candidates = probes.get(key(ulaw, at));
    if (candidates != null) {
      for (Probe probe : candidates) {
        int end = probe.offset + Mulaw.FRAME_BYTES;
        if (Arrays.equals(ulaw, at, at + Mulaw.FRAME_BYTES, probe.clip.ulaw(), probe.offset, end)) {
          return probe;
        }
      }
    }
    return null;
  }

  private static void note(List<Hearing> hearings, Probe probe, int at) {
    for (int i = hearings.size() - 1; i >= 0; i--) {
      Hearing hearing = hearings.get(i);
      if (hearing.clip.equals(probe.clip)) {
        if (probe.offset > hearing.offset - REPLAY_BYTES) {
          hearing.frames++;
          hearing.offset = Math.max(hearing.offset, probe.offset);
          return;
        }
        break;
      }
    }
    hearings.add(new Hearing(probe.clip, at, probe.offset));
  }

  private static long key(byte[] ulaw, int at) {
    long key = 0;
    for (int i = at; i < at + 8; i++) {
      key = (key << 8) | (ulaw[i] & 0xFF);
    }
    return key;
  }

  private static final class Hearing {
    private final Clip clip;
    private final int at;
    private int offset;
    private int frames = 1;

    Hearing(Clip clip, int at, int offset) {
      this.clip = clip;
      this.at = at;
      this.offset = offset;
    }

    Heard heard() {
      Duration matched = Mulaw.duration(frames * Mulaw.FRAME_BYTES);
      return new Heard(clip, Mulaw.duration(at), matched);
    }
  }
}
