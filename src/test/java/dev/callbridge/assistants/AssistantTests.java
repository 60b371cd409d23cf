package dev.callbridge.assistants;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class AssistantTests {

  private static final Map<String, String> GERMAN =
      Map.of(
          "callbridge.assistants.default.sentences.de.unreachable", "Leider nicht.",
          "callbridge.assistants.default.sentences.de.reconnecting", "Moment.",
          "callbridge.assistants.default.sentences.de.resuming", "Wo waren wir?",
          "callbridge.assistants.default.sentences.de.hand-off", "Ich verbinde.",
          "callbridge.assistants.default.sentences.de.spoken-language", "de-DE");

  @Test
  void sentencesAreThoseOfTheCallsLanguage() {
    Assistant assistant = new Assistants(bind(GERMAN)).of("default");

    assertThat(assistant.in("de").unreachable()).isEqualTo("Leider nicht.");
    assertThat(assistant.in("de-AT").spokenLanguage()).isEqualTo("de-DE");
    assertThat(assistant.in("fr")).isEqualTo(assistant);
    assertThat(assistant.in(null).unreachable()).startsWith("I am sorry");
  }

  @Test
  void whatIsLeftOutIsTheSameWhereverAnAssistantComesFrom() {
    assertThat(bind(Map.of()).assistants().get("default")).isEqualTo(Assistant.of("agent_1"));
  }

  @Test
  void aLanguageHasAllSentences() {
    Sentences some = new Sentences("x", "x", "x", "x", "", null);

    assertThat(some.missing(false)).isEqualTo("spokenLanguage");
    assertThat(new Sentences("x", "x", "x", "x", "x", null).missing(true))
        .isEqualTo("voicemailMessage");
  }

  @Test
  void aNumberOfTheSettingsIsFoundWithAndWithoutBrackets() {
    AssistantSettings settings =
        bind(
            Map.of(
                "callbridge.numbers.15550007001", "default",
                "callbridge.numbers[+15550007002]", "gone",
                "callbridge.assistants.other.agent-id", "agent_2",
                "callbridge.assistants.other.numbers[0]", "+15550007003"));
    Assistants assistants = new Assistants(settings);

    assertThat(assistants.configuredFor("+15550007001")).contains("default");
    assertThat(assistants.answering("+15550007002")).isEqualTo("default");
    assertThat(assistants.answering("+15550007003")).isEqualTo("other");
    assertThat(assistants.answering("unknown")).isEqualTo("default");
  }

  @Test
  void settingsCountBeforeTheDatabaseAndTheLaterAnswerBeforeTheEarlier() {
    Assistants assistants =
        new Assistants(bind(Map.of("callbridge.numbers.15550007001", "default")));
    Assistant stored = Assistant.of("agent_stored");

    assistants.know(2, List.of(new StoredAssistant("a", 1, stored)));
    assistants.know(1, List.of());
    assertThat(assistants.names()).containsExactly("a", "default");

    assistants.know(3, List.of(new StoredAssistant("default", 2, stored)));
    assertThat(assistants.of("default").agentId()).isEqualTo("agent_1");
    assertThat(assistants.of("a")).isEqualTo(assistants.of("default"));
  }

  private static AssistantSettings bind(Map<String, String> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put("callbridge.assistants.default.agent-id", "agent_1");
    return new Binder(new MapConfigurationPropertySource(all))
        .bind("callbridge", AssistantSettings.class)
        .get();
  }
}
