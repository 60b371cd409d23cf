package dev.callbridge.assistants;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An assistant as the API takes and gives it, and as it is stored. What is left out is as in
/// [Assistant].
///
/// @param name that of the path, where it is given
/// @param version which it is to replace
record AssistantForm(
    @Nullable String name,
    @Nullable Source source,
    @Nullable Long version,
    @Nullable AgentKind kind,
    @Nullable String agentId,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    @Nullable Integer maxDurationSeconds,
    @Nullable Integer deadAirSeconds,
    @Nullable Integer silenceSeconds,
    @Nullable Boolean greets,
    @Nullable String unreachable,
    @Nullable String reconnecting,
    @Nullable String resuming,
    @Nullable String handOff,
    @Nullable String spokenLanguage,
    @Nullable String handOffNumber,
    @Nullable MachinePolicy machine,
    @Nullable String voicemailMessage,
    @Nullable Map<String, @Nullable Sentences> sentences,
    @Nullable List<@Nullable String> requiredVariables,
    @Nullable List<@Nullable String> tools,
    @Nullable List<@Nullable String> numbers,
    @Nullable String lookup,
    @Nullable OwnForm own,
    @Nullable AnnouncementForm announcement) {

  /// Where an assistant comes from. Those of the settings are changed there.
  enum Source {
    CONFIGURED,
    STORED
  }

  static AssistantForm of(StoredAssistant stored) {
    return of(stored.name(), Source.STORED, stored.version(), stored.assistant());
  }

  static AssistantForm of(
      @Nullable String name, @Nullable Source source, @Nullable Long version, Assistant it) {
    return of(name, source, version, it, it.numbers());
  }

  /// As it is stored: its numbers are kept elsewhere.
  static AssistantForm stored(Assistant it) {
    return of(null, null, null, it, List.of());
  }

  private static AssistantForm of(
      @Nullable String name,
      @Nullable Source source,
      @Nullable Long version,
      Assistant it,
      List<String> ours) {
    Duration silence = it.silence();
    return new AssistantForm(
        name,
        source,
        version,
        it.kind(),
        it.agentId(),
        it.firstMessage(),
        it.language(),
        it.voiceId(),
        Math.toIntExact(it.maxDuration().toSeconds()),
        Math.toIntExact(it.deadAir().toSeconds()),
        silence == null ? null : Math.toIntExact(silence.toSeconds()),
        it.greets(),
        it.unreachable(),
        it.reconnecting(),
        it.resuming(),
        it.handOff(),
        it.spokenLanguage(),
        it.handOffNumber(),
        it.machine(),
        it.voicemailMessage(),
        new TreeMap<>(it.sentences()),
        new ArrayList<>(it.requiredVariables()),
        new ArrayList<>(it.tools()),
        new ArrayList<>(ours),
        Objects.toString(it.lookup(), null),
        it.own() == null ? null : OwnForm.of(it.own()),
        it.announcement() == null ? null : AnnouncementForm.of(it.announcement()));
  }

  /// What is checked already, or was when it was stored.
  ///
  /// @param ours the numbers, which are kept elsewhere
  /// @throws IllegalArgumentException when it names whom the settings do not have any more
  Assistant assistant(List<String> ours, ModelEndpoints endpoints) {
    Assistant otherwise = Assistant.of(or(agentId, ""));
    return new Assistant(
        or(kind, otherwise.kind()),
        otherwise.agentId(),
        firstMessage,
        language,
        voiceId,
        seconds(maxDurationSeconds, otherwise.maxDuration()),
        seconds(deadAirSeconds, otherwise.deadAir()),
        silenceSeconds == null ? null : Duration.ofSeconds(silenceSeconds),
        or(greets, otherwise.greets()),
        or(unreachable, otherwise.unreachable()),
        or(reconnecting, otherwise.reconnecting()),
        or(resuming, otherwise.resuming()),
        or(handOff, otherwise.handOff()),
        or(spokenLanguage, otherwise.spokenLanguage()),
        handOffNumber,
        or(machine, otherwise.machine()),
        voicemailMessage,
        known(sentences),
        known(requiredVariables),
        known(tools),
        ours,
        lookup == null ? null : URI.create(lookup),
        own == null ? null : own.settings(endpoints),
        announcement == null ? null : announcement.settings());
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private static Duration seconds(@Nullable Integer value, Duration otherwise) {
    return value == null ? otherwise : Duration.ofSeconds(value);
  }

  static List<String> known(@Nullable List<@Nullable String> texts) {
    List<String> known = new ArrayList<>();
    for (@Nullable String text : texts == null ? List.<@Nullable String>of() : texts) {
      if (text != null && !known.contains(text)) {
        known.add(text);
      }
    }
    return known;
  }

  private static Map<String, Sentences> known(@Nullable Map<String, @Nullable Sentences> all) {
    Map<String, Sentences> known = new TreeMap<>();
    if (all != null) {
      all.forEach((language, own) -> {
        if (own != null) {
          known.put(language, own);
        }
      });
    }
    return known;
  }
}
