package dev.callbridge.call;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/// How loud the live calls of this instance are, measured only while somebody looks.
@Component
public class VoiceLevels {

  /// From 0, silence, to 100, as loud as a line goes. Asked from any thread.
  public interface Meter {
    int caller();

    int agent();
  }

  /// @param meter of that call's stream
  public record Metered(UUID call, Meter meter) {}

  private final Map<UUID, Meter> meters = new ConcurrentHashMap<>();
  private volatile boolean wanted;

  public boolean areWanted() {
    return wanted;
  }

  public void want(boolean now) {
    wanted = now;
  }

  public void enter(UUID call, Meter meter) {
    meters.put(call, meter);
  }

  /// A stream that another has taken the place of is gone already.
  public void leave(UUID call, Meter meter) {
    meters.remove(call, meter);
  }

  /// The newest come first: their ids are in the order of their making.
  public List<Metered> newest(int most) {
    return meters.entrySet().stream()
        .sorted(Map.Entry.<UUID, Meter>comparingByKey(Comparator.reverseOrder()))
        .limit(most)
        .map(entry -> new Metered(entry.getKey(), entry.getValue()))
        .toList();
  }
}
