package dev.callbridge.call;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What somebody who asks for calls may have. Travels as the principal of the request, so that who
/// checks keys and who places calls need not know each other.
///
/// @param name whose calls they are; stored with each, and what quotas are counted by
/// @param countries whose numbers may be called, where it is fewer than are allowed at all
public record CallRights(String name, @Nullable Set<String> countries, Quotas quotas) {

  /// Days are the last 24 hours, whenever one asks.
  public record Quotas(int concurrentCalls, int callsPerDay, int callsPerDestinationPerDay) {}
}
