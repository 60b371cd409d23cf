package dev.callbridge.call;

import java.util.Comparator;

/// A place in the order in which the evidence of all calls became final: the transaction that
/// stored a piece, then its id.
public record Position(long xact, long id) implements Comparable<Position> {

  /// Before everything.
  public static final Position START = new Position(0, 0);

  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::xact).thenComparingLong(Position::id);

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  public boolean isAfter(Position other) {
    return compareTo(other) > 0;
  }

  Position orLater(Position other) {
    return isAfter(other) ? this : other;
  }
}
