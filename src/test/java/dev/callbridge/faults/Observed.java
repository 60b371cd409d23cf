package dev.callbridge.faults;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// What a test has seen and measured, for its row of the table. Handed to each test that asks.
final class Observed {

  private final List<String> notes = new CopyOnWriteArrayList<>();

  void note(String format, @Nullable Object... values) {
    notes.add(String.format(Locale.ROOT, format, values));
  }

  /// As the row has it.
  String text() {
    return notes.isEmpty() ? "as expected" : String.join(", ", notes);
  }
}
