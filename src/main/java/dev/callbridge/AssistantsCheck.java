package dev.callbridge;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.Environment;

/// Assistants that contradict each other, and what would only show when somebody calls.
record AssistantsCheck(Settings settings, Environment environment) {

  private static final String ASSISTANTS = "callbridge.assistants";
  private static final String NUMBERS = "callbridge.numbers";
  private static final String LOOKUP = "callbridge.lookup";

  /// As much of an assistant as is looked at here.
  record Entry(
      @DefaultValue List<String> numbers,
      @DefaultValue List<String> requiredVariables,
      @DefaultValue Map<String, Words> sentences,
      @Nullable Duration silence,
      @Nullable URI lookup,
      OwnAgentCheck.@Nullable Own own,
      OwnAgentCheck.@Nullable Announcement announcement) {}

  record Words(
      @Nullable String unreachable,
      @Nullable String reconnecting,
      @Nullable String resuming,
      @Nullable String handOff,
      @Nullable String spokenLanguage) {

    boolean areAll() {
      return unreachable != null
          && reconnecting != null
          && resuming != null
          && handOff != null
          && spokenLanguage != null;
    }
  }

  record Host(@Nullable String host, @Nullable String header, @Nullable String value) {}

  void check() {
    Binder binder = Binder.get(environment);
    try {
      Map<String, Entry> assistants =
          new TreeMap<>(
              binder.bind(ASSISTANTS, Bindable.mapOf(String.class, Entry.class)).orElse(Map.of()));
      Map<String, String> numbers =
          new TreeMap<>(
              binder.bind(NUMBERS, Bindable.mapOf(String.class, String.class)).orElse(Map.of()));
      List<Host> hosts =
          binder.bind(LOOKUP + ".hosts", Bindable.listOf(Host.class)).orElse(List.of());
      checkNumbers(assistants, numbers);
      assistants.forEach(this::checkEntry);
      checkLookups(assistants, hosts);
    } catch (BindException e) {
      ConfigurationProperty property = e.getProperty();
      settings.problem(
          String.valueOf(property == null ? e.getName() : property.getName()), "cannot be read");
    }
  }

  private void checkNumbers(Map<String, Entry> assistants, Map<String, String> numbers) {
    Map<String, String> whose = new HashMap<>();
    numbers.forEach((number, name) ->
        claim(NUMBERS, number.startsWith("+") ? number : "+" + number, name, whose));
    assistants.forEach((name, entry) ->
        entry
            .numbers()
            .forEach(number -> claim(ASSISTANTS + "." + name + ".numbers", number, name, whose)));
  }

  private void claim(String property, String number, String name, Map<String, String> whose) {
    if (!number.matches("\\+[1-9][0-9]{6,14}")) {
      settings.problem(property, "has what is not E.164, such as +15550001000: " + number);
    }
    String other = whose.putIfAbsent(number, name);
    if (other != null && !other.equals(name)) {
      settings.problem(
          property, "gives " + number + " to " + name + ", and it is answered by " + other);
    }
  }

  private void checkEntry(String name, Entry entry) {
    String property = ASSISTANTS + "." + name;
    entry.requiredVariables().stream()
        .filter(variable -> !variable.matches("(?!system__)[A-Za-z_][A-Za-z0-9_]{0,63}"))
        .forEach(variable ->
            settings.problem(
                property + ".required-variables",
                "has a name other than letters, digits and underscores: " + variable));
    entry
        .sentences()
        .forEach((language, words) -> {
          if (!language.matches("[a-z]{2,3}(-[A-Za-z]{2,4})?") || !words.areAll()) {
            settings.problem(
                property + ".sentences." + language,
                "is no language with all of unreachable, reconnecting, resuming, hand-off, spoken-language");
          }
        });
    new OwnAgentCheck(settings, property).check(entry.own(), entry.announcement());
    Duration silence = entry.silence();
    if (silence != null && silence.compareTo(Duration.ofSeconds(5)) < 0) {
      settings.problem(property + ".silence", "is less than 5s");
    }
  }

  private void checkLookups(Map<String, Entry> assistants, List<Host> hosts) {
    boolean loopback = settings.value(LOOKUP + ".loopback").equalsIgnoreCase("true");
    if (loopback && !environment.matchesProfiles("sandbox")) {
      settings.problem(LOOKUP + ".loopback", "is for the sandbox alone");
    }
    for (Host host : hosts) {
      String name = host.host();
      if (name == null || !name.matches("[A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+]")) {
        settings.problem(LOOKUP + ".hosts", "has an entry whose host is not one");
      } else if ((host.header() == null) != (host.value() == null)) {
        settings.problem(
            LOOKUP + ".hosts", "has a header without a value, or a value without: " + name);
      } else if (host.header() != null && !host.header().matches("[A-Za-z0-9-]{1,100}")) {
        settings.problem(LOOKUP + ".hosts", "has a header that is not one: " + name);
      }
    }
    assistants.forEach((name, entry) -> {
      URI url = entry.lookup();
      String property = ASSISTANTS + "." + name + ".lookup";
      if (url == null) {
        return;
      } else if (url.getHost() == null || url.getUserInfo() != null) {
        settings.problem(property, "is not a URL such as https://crm.example.com/callers");
      } else if (!"https".equals(url.getScheme()) && !(loopback && Settings.isThisMachine(url))) {
        settings.problem(property, "is not https");
      } else if (hosts.stream().noneMatch(it -> url.getHost().equalsIgnoreCase(it.host()))) {
        settings.problem(property, "is not at a host of callbridge.lookup.hosts: " + url.getHost());
      }
    });
  }
}
