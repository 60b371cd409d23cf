package dev.callbridge.own;

import dev.callbridge.own.Message.Role;
import java.util.ArrayList;
import java.util.List;

/// What was said so far, as the caller heard it. What was not heard is not in it, so the model does
/// not take it for said.
final class History {

  /// What is older is left out: a model is not sent hours.
  static final int MAX_MESSAGES = 80;

  private static final int MAX_TEXT = 16_384;

  private final List<Message> system = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  /// A place in the history, whose text may still change.
  static final class Entry {
    private Message message;

    private Entry(Message message) {
      this.message = message;
    }

    String text() {
      return message.text();
    }

    void text(String text) {
      message = message.withText(cut(text));
    }
  }

  void system(String text) {
    system.add(Message.of(Role.SYSTEM, text));
  }

  Entry add(Message message) {
    Entry entry = new Entry(message.withText(cut(message.text())));
    entries.add(entry);
    // A result without its call is refused by models: both go.
    while (entries.size() > MAX_MESSAGES
        || (!entries.isEmpty() && entries.getFirst().message.role() == Role.TOOL)) {
      entries.removeFirst();
    }
    return entry;
  }

  List<Message> messages() {
    List<Message> messages = new ArrayList<>(system);
    for (Entry entry : entries) {
      Message message = entry.message;
      // Of a turn that nobody heard nothing is left.
      if (message.role() == Role.ASSISTANT
          && message.text().isBlank()
          && message.uses().isEmpty()) {
        continue;
      }
      messages.add(message);
    }
    return messages;
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }
}
