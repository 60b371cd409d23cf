package dev.callbridge.assistants;

import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.requests.RequestCheck;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Whether an assistant that somebody wants stored could take a call.
final class AssistantCheck extends RequestCheck {

  static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
  static final String NUMBER = "\\+[1-9][0-9]{6,14}";

  private static final String LANGUAGE = "[a-z]{2,3}(-[A-Za-z]{2,4})?";
  private static final int MAX_ENTRIES = 50;

  private final LookupSettings lookups;
  private final ModelEndpoints endpoints;

  AssistantCheck(LookupSettings lookups, ModelEndpoints endpoints) {
    this.lookups = lookups;
    this.endpoints = endpoints;
  }

  /// @throws InvalidRequestException naming every field that is wrong
  Assistant check(String name, AssistantForm form) {
    matching("name", name, NAME);
    if (form.name() != null && !form.name().equals(name)) {
      add("name", "is not the one of the path");
    }
    new OwnCheck(endpoints, this::add).check(form);
    if (form.own() != null) {
      // Its agent is itself.
    } else if (form.kind() == AgentKind.OWN) {
      add("own", "is missing: kind is OWN");
    } else if (form.announcement() != null) {
      new AnnouncementCheck(this::add).check(form);
    } else if (form.kind() == AgentKind.ANNOUNCEMENT) {
      add("announcement", "is missing: kind is ANNOUNCEMENT");
    } else if (form.agentId() == null) {
      add("agentId", "is missing");
    }
    matching("agentId", form.agentId(), "[A-Za-z0-9_-]{1,100}");
    language(form.language());
    voice(form.voiceId());
    seconds("maxDurationSeconds", form.maxDurationSeconds(), 10, 14_400, 0);
    seconds("deadAirSeconds", form.deadAirSeconds(), 2, 120, 0);
    seconds("silenceSeconds", form.silenceSeconds(), 5, 3_600, 0);
    text("firstMessage", form.firstMessage());
    spoken("unreachable", form.unreachable());
    spoken("reconnecting", form.reconnecting());
    spoken("resuming", form.resuming());
    spoken("handOff", form.handOff());
    spoken("voicemailMessage", form.voicemailMessage());
    matching("spokenLanguage", form.spokenLanguage(), LANGUAGE);
    matching("handOffNumber", form.handOffNumber(), NUMBER);
    boolean leavesMessages = form.machine() == MachinePolicy.LEAVE_MESSAGE;
    if (leavesMessages && form.voicemailMessage() == null) {
      add("voicemailMessage", "is missing: machine is LEAVE_MESSAGE");
    }
    sentences(form.sentences(), leavesMessages);
    all("requiredVariables", form.requiredVariables(), "(?!system__)[A-Za-z_][A-Za-z0-9_]{0,63}");
    all("tools", form.tools(), "[A-Za-z_][A-Za-z0-9_-]{0,63}");
    all("numbers", form.numbers(), NUMBER);
    lookup(form.lookup());
    orThrow(HttpStatus.BAD_REQUEST);
    return form.assistant(AssistantForm.known(form.numbers()), endpoints);
  }

  private void spoken(String field, @Nullable String text) {
    if (text != null && text.isBlank()) {
      add(field, "has no words");
    }
    text(field, text);
  }

  private void sentences(@Nullable Map<String, @Nullable Sentences> all, boolean leavesMessages) {
    if (all == null) {
      return;
    } else if (all.size() > MAX_ENTRIES) {
      add("sentences", "are in more than " + MAX_ENTRIES + " languages");
    }
    all.forEach((language, own) -> {
      String field = "sentences." + (language.matches(LANGUAGE) ? language : "?");
      String missing = own == null ? "unreachable" : own.missing(leavesMessages);
      if (!language.matches(LANGUAGE)) {
        add(field, "has a name that is no language such as de or de-AT");
      } else if (own == null || missing != null) {
        add(field + "." + missing, "is missing: a language has all sentences");
      } else {
        text(field + ".unreachable", own.unreachable());
        text(field + ".reconnecting", own.reconnecting());
        text(field + ".resuming", own.resuming());
        text(field + ".handOff", own.handOff());
        text(field + ".voicemailMessage", own.voicemailMessage());
        matching(field + ".spokenLanguage", own.spokenLanguage(), LANGUAGE);
      }
    });
  }

  private void all(String field, @Nullable List<@Nullable String> texts, String pattern) {
    if (texts == null) {
      return;
    } else if (texts.size() > MAX_ENTRIES) {
      add(field, "are more than " + MAX_ENTRIES);
    }
    for (int i = 0; i < Math.min(texts.size(), MAX_ENTRIES); i++) {
      matching(field + "[" + i + "]", texts.get(i) == null ? "" : texts.get(i), pattern);
    }
  }

  private void lookup(@Nullable String url) {
    if (url == null) {
      return;
    }
    try {
      text("lookup", url);
      lookups.problem(URI.create(url)).ifPresent(problem -> add("lookup", problem));
    } catch (IllegalArgumentException e) {
      add("lookup", "is not a URL such as https://crm.example.com/callers");
    }
  }
}
