package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent.Alignment;
import dev.callbridge.assistants.OwnAgentSettings.SpeakBy;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// What is to be spoken, by the first way of speaking that works: that of the settings in the voice
/// that was asked for, the same in the default voice, HTTP. When one fails or is slow, the next is
/// told what has not been spoken yet. For one thread at a time.
final class Speech {

  private static final int MAX_WAYS = 3;

  /// One way of speaking, in use until there is another.
  ///
  /// @param name as evidence has it
  /// @param commands what to speak, for one subscriber
  record Way(int number, String name, SpeakBy by, Voice voice, Flux<ToSpeak> commands) {}

  /// A way that is not in use yet.
  private record Candidate(String name, SpeakBy by, Voice voice) {}

  /// One context that is not over.
  private static final class Script {
    private final List<String> sentences = new ArrayList<>();
    private long asked;
    private boolean finishes;
    private boolean sounded;
    private boolean aligned = true;
    private int characters;

    /// The sentences that were not spoken to their end.
    private List<String> rest() {
      List<String> rest = new ArrayList<>();
      int end = 0;
      for (String sentence : sentences) {
        end += sentence.length();
        if (!sounded || (aligned && end > characters)) {
          rest.add(sentence);
        }
        end++;
      }
      return rest;
    }
  }

  private final long limit;
  private final ArrayDeque<Candidate> left = new ArrayDeque<>();
  private final Map<String, Script> scripts = new LinkedHashMap<>();
  private final Sinks.Many<Way> ways =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAYS));
  private Contexts contexts = new Contexts();
  private Voice voice;
  private int number;
  private boolean opened;
  private long began;

  /// @param by the first way of speaking
  /// @param chosen the voice of this call
  /// @param otherwise the default voice
  /// @param limit what takes longer to open, or to the first audio, is given up
  Speech(SpeakBy by, Voice chosen, Voice otherwise, Duration limit, long now) {
    this.limit = limit.toNanos();
    this.voice = chosen;
    left.add(new Candidate("voice", by, chosen));
    if (!chosen.equals(otherwise)) {
      left.add(new Candidate("default_voice", by, otherwise));
    }
    if (by != SpeakBy.HTTP) {
      left.add(new Candidate("http", SpeakBy.HTTP, otherwise));
    }
    next(now);
  }

  /// The last one counts.
  Flux<Way> ways() {
    return ways.asFlux();
  }

  /// The voice that speaks now.
  Voice voice() {
    return voice;
  }

  /// Whether that is the way in use, and not one that was given up.
  boolean isCurrent(int way) {
    return way == number;
  }

  void opened() {
    opened = true;
  }

  void tell(ToSpeak command, long now) {
    switch (command) {
      case ToSpeak.Begin(var context) -> scripts.put(context, new Script());
      case ToSpeak.Say(var context, var text) -> {
        Script script = scripts.get(context);
        if (script != null) {
          script.asked = script.sentences.isEmpty() ? now : script.asked;
          script.sentences.add(text);
        }
      }
      case ToSpeak.Finish(var context) -> {
        Script script = scripts.get(context);
        if (script != null) {
          script.finishes = true;
        }
      }
      case ToSpeak.Abandon(var context) -> scripts.remove(context);
    }
    contexts.tell(command);
  }

  void sounded(String context, @Nullable Alignment alignment) {
    Script script = scripts.get(context);
    if (script != null) {
      script.sounded = true;
      script.aligned &= alignment != null;
      script.characters += alignment == null ? 0 : alignment.characters().length();
    }
  }

  /// @return whether it was told to end
  boolean finished(String context) {
    boolean ended = contexts.finished(context);
    if (ended) {
      scripts.remove(context);
    }
    return ended;
  }

  /// Whether it was finished over there and nothing of it was spoken.
  boolean isMute(String context) {
    Script script = scripts.get(context);
    return script != null && script.finishes && !script.sounded && !script.sentences.isEmpty();
  }

  boolean isLate(long now) {
    return opened
        ? scripts.values().stream()
            .anyMatch(it -> !it.sentences.isEmpty() && !it.sounded && now - it.asked > limit)
        : now - began > limit;
  }

  /// Goes on by the next way.
  ///
  /// @return its name, null when there is none left
  @Nullable String failed(long now) {
    return left.isEmpty() ? null : next(now);
  }

  private String next(long now) {
    Candidate to = left.removeFirst();
    contexts = new Contexts();
    voice = to.voice();
    opened = false;
    began = now;
    number++;
    scripts.forEach((context, script) -> {
      List<String> rest = script.rest();
      contexts.tell(new ToSpeak.Begin(context));
      rest.forEach(sentence -> contexts.tell(new ToSpeak.Say(context, sentence)));
      script.sentences.clear();
      script.sentences.addAll(rest);
      script.asked = now;
      script.sounded = false;
      script.characters = 0;
      script.aligned = true;
      if (script.finishes) {
        contexts.tell(new ToSpeak.Finish(context));
      }
    });
    Way way = new Way(number, to.name(), to.by(), to.voice(), contexts.commands());
    if (ways.tryEmitNext(way).isFailure()) {
      throw new AgentException("tts_stalled");
    }
    return to.name();
  }
}
