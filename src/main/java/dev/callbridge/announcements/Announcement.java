package dev.callbridge.announcements;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.FromAgent.Announced.Progress;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.announcements.Part.Text;
import dev.callbridge.assistants.AnnouncementSettings;
import dev.callbridge.speech.Heard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// One announcement: what is said, whether it was heard to its end, and whether somebody confirmed
/// it. Told one thing at a time; answers with what the agent does.
///
/// Only what Twilio has played counts as heard. A key that confirms may be pressed before that, and
/// counts once it is.
final class Announcement {

  /// A second of speech.
  private static final int PIECE = 8_000;

  /// Said again because nobody answered, no more often than this.
  private static final int REPEATS_IN_SILENCE = 1;

  private static final int MAX_PARTS = 16;

  private final AnnouncementSettings settings;
  private final String text;
  private final LongSupplier nanoTime;
  private final Words confirming;
  private final Words repeating;
  private final Sinks.Many<Part> parts =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_PARTS));

  private Playing announced = new Playing(0);
  private @Nullable Playing asked;

  /// The last words.
  private @Nullable Playing closing;

  private long events;
  private int times;
  private int silences;
  private boolean confirmed;
  private boolean heard;
  private boolean ending;
  private long waitingSince;

  /// @param text with the call's variables in it
  Announcement(AnnouncementSettings settings, String text, LongSupplier nanoTime) {
    this.settings = settings;
    this.text = text;
    this.nanoTime = nanoTime;
    this.confirming = new Words(settings.confirmWords());
    this.repeating = new Words(settings.repeatWords());
  }

  /// The last one counts.
  Flux<Part> parts() {
    return parts.asFlux();
  }

  List<FromAgent> begin() {
    announce();
    String id = "announcement_" + UUID.randomUUID().toString().replace("-", "");
    return List.of(new FromAgent.Ready(id), new FromAgent.Announced(Progress.UNHEARD));
  }

  List<FromAgent> said(Said said) {
    return switch (said) {
      case Said.Sound(var of, var ulaw) -> sound(of, ulaw);
      case Said.Failed(var reason) -> failed(reason);
      case Said.Whole(var of) -> {
        Playing playing = playing(of.eventId());
        if (playing != null) {
          playing.whole();
        }
        yield playing != null && playing == closing ? List.of(new FromAgent.Goodbye()) : follow();
      }
    };
  }

  List<FromAgent> told(ToAgent message) {
    return switch (message) {
      case ToAgent.Played(var eventId) -> {
        Playing playing = playing(eventId);
        if (playing != null) {
          playing.played();
        }
        yield follow();
      }
      case ToAgent.Pressed(var key) -> {
        if (key.equals(settings.confirmKey())) {
          confirmed = true;
          yield follow();
        }
        yield key.equals(settings.repeatKey()) ? again() : List.of();
      }
      case ToAgent.Audio _,
          ToAgent.Context _,
          ToAgent.Message _,
          ToAgent.ToolResult _,
          ToAgent.TakenOver _,
          ToAgent.HandedBack _ ->
          List.of();
    };
  }

  List<FromAgent> heard(Heard event) {
    if (!(event instanceof Heard.Committed(var words)) || words.isBlank()) {
      return List.of();
    }
    // It owes no answer but what follows.
    List<FromAgent> out =
        new ArrayList<>(List.of(new FromAgent.CallerSaid(words), new FromAgent.Waiting()));
    if (confirming.areIn(words)) {
      confirmed = true;
      out.addAll(follow());
    } else if (repeating.areIn(words)) {
      out.addAll(again());
    }
    return out;
  }

  /// @throws AgentException when nobody says that it is played
  List<FromAgent> tick() {
    long now = nanoTime.getAsLong();
    if (isOverdue(now)) {
      if (!heard) {
        throw new AgentException("announcement_not_played");
      }
      waitingSince = waitingSince == 0 ? now : waitingSince;
    }
    if (ending || waitingSince == 0 || now - waitingSince < settings.answerWithin().toNanos()) {
      return List.of();
    }
    return times < settings.times() && silences++ < REPEATS_IN_SILENCE
        ? again()
        : end(Progress.UNCONFIRMED, settings.goodbye());
  }

  private boolean isOverdue(long now) {
    return announced.isOverdue(now) || (asked != null && asked.isOverdue(now));
  }

  /// What was handed on is heard all the same.
  private List<FromAgent> failed(String reason) {
    if (!ending && !announced.isWhole()) {
      throw new AgentException(reason);
    }
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.FellBack("tts", "nothing", reason));
    if (ending) {
      out.add(new FromAgent.Goodbye());
    } else {
      asked = null;
      out.addAll(follow());
    }
    return out;
  }

  private List<FromAgent> sound(Text of, byte[] ulaw) {
    List<FromAgent> out = new ArrayList<>();
    Playing playing = playing(of.eventId());
    if (playing == null) {
      return out;
    } else if (playing.isFirst()) {
      out.add(new FromAgent.AgentSaid(of.words()));
    }
    for (int at = 0; at < ulaw.length; at += PIECE) {
      byte[] piece = Arrays.copyOfRange(ulaw, at, Math.min(ulaw.length, at + PIECE));
      byte[] payload = Base64.getEncoder().encodeToString(piece).getBytes(ISO_8859_1);
      playing.given(piece.length / 8, nanoTime.getAsLong());
      out.add(new FromAgent.Audio(of.eventId(), payload, null));
    }
    return out;
  }

  /// What follows from what was heard and confirmed by now.
  private List<FromAgent> follow() {
    if (ending || !(heard || announced.isHeard())) {
      return List.of();
    }
    List<FromAgent> out = new ArrayList<>();
    if (!heard) {
      heard = true;
      out.add(new FromAgent.Announced(Progress.HEARD));
    }
    if (!settings.isToBeConfirmed()) {
      out.addAll(end(null, ""));
    } else if (confirmed) {
      out.addAll(end(Progress.CONFIRMED, settings.thanks()));
    } else if (waitingSince == 0 && (asked == null || asked.isHeard())) {
      waitingSince = nanoTime.getAsLong();
    }
    return out;
  }

  private List<FromAgent> again() {
    if (ending || times >= settings.times()) {
      return List.of();
    }
    List<FromAgent> out = new ArrayList<>();
    cut(out);
    announce();
    return out;
  }

  /// What is being said goes no further.
  private void cut(List<FromAgent> out) {
    if (!announced.isHeard() || (asked != null && !asked.isHeard())) {
      out.add(new FromAgent.Interruption(events));
    }
  }

  private void announce() {
    times++;
    waitingSince = 0;
    List<Text> texts = new ArrayList<>();
    texts.add(new Text(++events, text));
    announced = new Playing(events);
    asked = null;
    String question = settings.question();
    if (!question.isBlank()) {
      texts.add(new Text(++events, question));
      asked = new Playing(events);
    }
    say(texts);
  }

  /// @param words the last ones, which cut short what is being said; empty for none
  private List<FromAgent> end(@Nullable Progress progress, String words) {
    ending = true;
    List<FromAgent> out = new ArrayList<>();
    if (progress != null) {
      out.add(new FromAgent.Announced(progress));
    }
    if (words.isBlank()) {
      out.add(new FromAgent.Goodbye());
      return out;
    }
    cut(out);
    closing = new Playing(++events);
    say(List.of(new Text(events, words)));
    return out;
  }

  private void say(List<Text> texts) {
    if (parts.tryEmitNext(new Part(texts)).isFailure()) {
      throw new AgentException("tts_stalled");
    }
  }

  /// Null for what was said the last time.
  private @Nullable Playing playing(long eventId) {
    return Stream.of(
            Optional.of(announced), Optional.ofNullable(asked), Optional.ofNullable(closing))
        .flatMap(Optional::stream)
        .filter(it -> it.eventId() == eventId)
        .findFirst()
        .orElse(null);
  }
}
