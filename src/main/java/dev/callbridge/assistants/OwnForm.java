package dev.callbridge.assistants;

import dev.callbridge.assistants.OwnAgentSettings.InterruptBy;
import dev.callbridge.assistants.OwnAgentSettings.Model;
import dev.callbridge.assistants.OwnAgentSettings.Pronunciation;
import dev.callbridge.assistants.OwnAgentSettings.SpeakBy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An agent of our own as the API takes and gives it. What is left out is as in [OwnAgentSettings].
/// No address and no key of a model is in it, in either direction.
record OwnForm(
    @Nullable String prompt,
    @Nullable ModelForm model,
    @Nullable DialogflowForm dialogflow,
    @Nullable ModelForm fallbackModel,
    @Nullable String voiceId,
    @Nullable String speechModel,
    @Nullable String transcriptionModel,
    @Nullable Double stability,
    @Nullable Double similarityBoost,
    @Nullable Double style,
    @Nullable Boolean speakerBoost,
    @Nullable Double speed,
    @Nullable SpeakBy speakBy,
    @Nullable Integer firstAudioMs,
    @Nullable List<@Nullable PronunciationForm> pronunciations,
    @Nullable Integer endOfTurnMs,
    @Nullable InterruptBy interruptBy,
    @Nullable Integer interruptWords,
    @Nullable Integer interruptAfterMs,
    @Nullable Integer interruptLoudMs,
    @Nullable String filler,
    @Nullable String stillThere,
    @Nullable Integer silenceSeconds,
    @Nullable Integer prompts,
    @Nullable String goodbye) {

  /// @param endpoint one of `callbridge.model-endpoints`; null of a model of the settings
  record ModelForm(
      @Nullable String endpoint, @Nullable String name, @Nullable Integer firstTokenMs) {

    static @Nullable ModelForm of(@Nullable Model it) {
      return it == null ? null : new ModelForm(it.endpoint(), it.name(), millis(it.firstToken()));
    }

    Model settings(ModelEndpoints endpoints) {
      ModelEndpoints.Model at =
          endpoints.model(endpoint).orElseThrow(() -> gone("model-endpoints", endpoint));
      return new Model(
          endpoint,
          at.url(),
          or(name, ""),
          at.apiKey(),
          duration(firstTokenMs, OwnAgentSettings.FIRST_TOKEN));
    }
  }

  /// @param access one of `callbridge.dialogflow-access`; null of one of the settings
  record DialogflowForm(
      @Nullable String access,
      @Nullable String agent,
      @Nullable String language,
      @Nullable String opening,
      @Nullable String openingEvent,
      @Nullable Integer deadlineMs) {

    static DialogflowForm of(DialogflowSettings it) {
      return new DialogflowForm(
          it.access(),
          it.agent(),
          it.language(),
          it.opening(),
          it.openingEvent(),
          millis(it.deadline()));
    }

    DialogflowSettings settings(ModelEndpoints endpoints) {
      ModelEndpoints.Dialogflow by =
          endpoints.dialogflow(access).orElseThrow(() -> gone("dialogflow-access", access));
      @Nullable URI url = by.url();
      return new DialogflowSettings(
          access,
          or(agent, ""),
          url,
          by.credentials(),
          or(language, "en"),
          or(opening, "Hello"),
          openingEvent,
          duration(deadlineMs, Duration.ofSeconds(4)));
    }
  }

  record PronunciationForm(@Nullable String id, @Nullable String version) {}

  static OwnForm of(OwnAgentSettings it) {
    DialogflowSettings dialogflow = it.dialogflow();
    return new OwnForm(
        it.prompt(),
        ModelForm.of(it.model()),
        dialogflow == null ? null : DialogflowForm.of(dialogflow),
        ModelForm.of(it.fallbackModel()),
        it.voiceId(),
        it.speechModel(),
        it.transcriptionModel(),
        it.stability(),
        it.similarityBoost(),
        it.style(),
        it.speakerBoost(),
        it.speed(),
        it.speakBy(),
        millis(it.firstAudio()),
        new ArrayList<>(
            it.pronunciations().stream()
                .map(each -> new PronunciationForm(each.id(), each.version()))
                .toList()),
        millis(it.endOfTurn()),
        it.interruptBy(),
        it.interruptWords(),
        millis(it.interruptAfter()),
        millis(it.interruptLoud()),
        it.filler(),
        it.stillThere(),
        Math.toIntExact(Math.max(1, it.silence().toSeconds())),
        it.prompts(),
        it.goodbye());
  }

  /// What is checked already, or was when it was stored.
  ///
  /// @throws IllegalArgumentException when it names whom the settings do not have any more
  OwnAgentSettings settings(ModelEndpoints endpoints) {
    return new OwnAgentSettings(
        or(prompt, OwnAgentSettings.PROMPT),
        model == null ? null : model.settings(endpoints),
        dialogflow == null ? null : dialogflow.settings(endpoints),
        fallbackModel == null ? null : fallbackModel.settings(endpoints),
        or(voiceId, OwnAgentSettings.VOICE),
        or(speechModel, OwnAgentSettings.SPEECH_MODEL),
        or(transcriptionModel, OwnAgentSettings.TRANSCRIPTION_MODEL),
        or(stability, 0.5),
        or(similarityBoost, 0.75),
        or(style, 0.0),
        or(speakerBoost, true),
        or(speed, 1.0),
        or(speakBy, SpeakBy.MULTI_CONTEXT),
        duration(firstAudioMs, Duration.ofSeconds(2)),
        known(pronunciations),
        duration(endOfTurnMs, Duration.ofMillis(600)),
        or(interruptBy, InterruptBy.PARTIALS),
        or(interruptWords, 2),
        duration(interruptAfterMs, Duration.ofMillis(300)),
        duration(interruptLoudMs, Duration.ofMillis(700)),
        or(filler, OwnAgentSettings.FILLER),
        or(stillThere, OwnAgentSettings.STILL_THERE),
        Duration.ofSeconds(or(silenceSeconds, 15)),
        or(prompts, 2),
        or(goodbye, OwnAgentSettings.GOODBYE));
  }

  private static List<Pronunciation> known(@Nullable List<@Nullable PronunciationForm> all) {
    return (all == null ? List.<@Nullable PronunciationForm>of() : all)
        .stream()
            .filter(Objects::nonNull)
            .map(each -> new Pronunciation(or(each.id(), ""), or(each.version(), "")))
            .toList();
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private static Duration duration(@Nullable Integer millis, Duration otherwise) {
    return millis == null ? otherwise : Duration.ofMillis(millis);
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  private static IllegalArgumentException gone(String what, @Nullable String name) {
    return new IllegalArgumentException("callbridge." + what + " has no " + name);
  }

  /// Prompts are somebody's business.
  @Override
  public String toString() {
    return "OwnForm[]";
  }
}
