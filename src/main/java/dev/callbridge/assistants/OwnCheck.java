package dev.callbridge.assistants;

import dev.callbridge.assistants.OwnForm.DialogflowForm;
import dev.callbridge.assistants.OwnForm.ModelForm;
import dev.callbridge.assistants.OwnForm.PronunciationForm;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What is wrong with an agent of our own that somebody wants stored.
///
/// @param add takes a field and what is wrong with it
record OwnCheck(ModelEndpoints endpoints, BiConsumer<String, String> add) {

  private static final int MAX_PROMPT = 20_000;
  private static final int MAX_PRONUNCIATIONS = 3;
  private static final String ID = "[A-Za-z0-9_-]{1,100}";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}";

  void check(AssistantForm form) {
    OwnForm it = form.own();
    if (it == null) {
      return;
    } else if (form.kind() != null && form.kind() != AgentKind.OWN) {
      add.accept("own", "is there, and kind is " + form.kind());
    } else if (form.announcement() != null) {
      add.accept("own", "is there, and announcement too: it is one of them");
    }
    thinks(it);
    text("prompt", it.prompt(), MAX_PROMPT);
    text("filler", it.filler(), Template.MAX_TEXT);
    text("stillThere", it.stillThere(), Template.MAX_TEXT);
    text("goodbye", it.goodbye(), Template.MAX_TEXT);
    matching("voiceId", it.voiceId(), "[A-Za-z0-9]{1,64}");
    matching("speechModel", it.speechModel(), ID);
    matching("transcriptionModel", it.transcriptionModel(), ID);
    range("stability", it.stability(), 0, 1);
    range("similarityBoost", it.similarityBoost(), 0, 1);
    range("style", it.style(), 0, 1);
    range("speed", it.speed(), 0.7, 1.2);
    range("firstAudioMs", it.firstAudioMs(), 100, 5_000);
    range("endOfTurnMs", it.endOfTurnMs(), 300, 3_000);
    range("interruptWords", it.interruptWords(), 1, 20);
    range("interruptAfterMs", it.interruptAfterMs(), 0, 5_000);
    range("interruptLoudMs", it.interruptLoudMs(), 100, 5_000);
    range("silenceSeconds", it.silenceSeconds(), 1, 3_600);
    range("prompts", it.prompts(), 0, 10);
    pronunciations(it);
  }

  private void thinks(OwnForm it) {
    if ((it.model() == null) == (it.dialogflow() == null)) {
      add.accept("own.model", "is needed, or own.dialogflow: exactly one of them");
    }
    model("model", it.model());
    model("fallbackModel", it.fallbackModel());
    DialogflowForm dialogflow = it.dialogflow();
    if (dialogflow == null) {
      return;
    }
    named("dialogflow.access", dialogflow.access(), endpoints.dialogflowAccess().keySet());
    if (dialogflow.agent() == null) {
      add.accept("own.dialogflow.agent", "is missing");
    } else if (!dialogflow.agent().matches(DialogflowSettings.AGENT_NAME)) {
      add.accept("own.dialogflow.agent", "is none such as projects/P/locations/L/agents/A");
    }
    matching("dialogflow.language", dialogflow.language(), "[a-z]{2,3}(-[A-Za-z]{2,4})?");
    text("dialogflow.opening", dialogflow.opening(), 256);
    matching("dialogflow.openingEvent", dialogflow.openingEvent(), "[A-Za-z0-9_.-]{1,100}");
    range("dialogflow.deadlineMs", dialogflow.deadlineMs(), 100, 30_000);
  }

  private void model(String field, @Nullable ModelForm it) {
    if (it == null) {
      return;
    }
    named(field + ".endpoint", it.endpoint(), endpoints.modelEndpoints().keySet());
    if (it.name() == null) {
      add.accept("own." + field + ".name", "is missing");
    }
    matching(field + ".name", it.name(), NAME);
    range(field + ".firstTokenMs", it.firstTokenMs(), 100, 30_000);
  }

  private void named(String field, @Nullable String name, Set<String> there) {
    if (name == null) {
      add.accept("own." + field, "is missing; there are " + new TreeSet<>(there));
    } else if (!there.contains(name)) {
      add.accept("own." + field, "is not one of " + new TreeSet<>(there));
    }
  }

  private void pronunciations(OwnForm it) {
    if (it.pronunciations() == null) {
      return;
    } else if (it.pronunciations().size() > MAX_PRONUNCIATIONS) {
      add.accept("own.pronunciations", "are more than " + MAX_PRONUNCIATIONS);
    }
    for (@Nullable PronunciationForm each : it.pronunciations()) {
      if (each == null
          || each.id() == null
          || each.version() == null
          || !each.id().matches(ID)
          || !each.version().matches(ID)) {
        add.accept("own.pronunciations", "has one without a good id and version");
        return;
      }
    }
  }

  private void text(String field, @Nullable String text, int most) {
    if (text != null && text.length() > most) {
      add.accept("own." + field, "is longer than " + most + " characters");
    } else if (text != null && text.indexOf('\0') >= 0) {
      add.accept("own." + field, "has a null character in it");
    }
  }

  private void matching(String field, @Nullable String value, String pattern) {
    if (value != null && !value.matches(pattern)) {
      add.accept("own." + field, "does not match " + pattern);
    }
  }

  private void range(String field, @Nullable Number value, double least, double most) {
    if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      add.accept("own." + field, "is %s, not from %s to %s".formatted(value, least, most));
    }
  }
}
