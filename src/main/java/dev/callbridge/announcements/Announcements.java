package dev.callbridge.announcements;

import dev.callbridge.agent.Agent;
import dev.callbridge.assistants.AnnouncementSettings;
import dev.callbridge.speech.Phrases;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.Synthesis;
import org.springframework.stereotype.Component;

/// The agents of assistants that announce something.
@Component
public final class Announcements {

  private final Phrases phrases;
  private final Synthesis synthesis;
  private final SpeechToText ear;

  Announcements(Phrases phrases, Synthesis synthesis, SpeechToText ear) {
    this.phrases = phrases;
    this.synthesis = synthesis;
    this.ear = ear;
  }

  /// It says what the introduction has as its first message, which is the text with the call's
  /// variables in it.
  public Agent of(AnnouncementSettings settings) {
    return new Announcer(settings, new Speaker(phrases, synthesis), ear);
  }
}
