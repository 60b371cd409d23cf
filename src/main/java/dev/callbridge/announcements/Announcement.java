package dev.callbridge.announcements;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.FromAgent.Announced.Progress;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.AnnouncementSettings;
import dev.callbridge.speech.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/// One announcement: whether it was heard to its end, and whether somebody confirmed it. Told one
/// thing at a time; answers with what the agent does.
///
/// Only what Twilio has played counts as heard. A key that confirms may be pressed before that, and
/// counts once it is.
final class Announcement {

  /// Said again because nobody answered, no more often than this.
  private static final int REPEATS_IN_SILENCE = 1;

  private final AnnouncementSettings settings;
  private final String text;
  private final LongSupplier nanoTime;
  private final Words confirming;
  private final Words repeating;
  private final Passages passages;
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
    this.passages = new Passages(nanoTime);
    this.confirming = new Words(settings.confirmWords());
    this.repeating = new Words(settings.repeatWords());
  }

  /// The last one counts.
  Flux<Part> parts() {
    return passages.parts();
  }

  List<FromAgent> begin() {
    announce();
    String id = "announcement_" + UUID.randomUUID().toString().replace("-", "");
    return List.of(new FromAgent.Ready(id), new FromAgent.Announced(Progress.UNHEARD));
  }

  List<FromAgent> said(Said said) {
    return switch (said) {
      case Said.Sound(var of, var ulaw) -> passages.sound(of, ulaw);
      case Said.Failed(var reason) -> failed(reason);
      case Said.Whole(var of) -> passages.whole(of) ? List.of(new FromAgent.Goodbye()) : follow();
    };
  }

  List<FromAgent> told(ToAgent message) {
    return switch (message) {
      case ToAgent.Played(var eventId) -> {
        passages.played(eventId);
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
    if (passages.isOverdue(now)) {
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

  /// What was handed on is heard all the same.
  private List<FromAgent> failed(String reason) {
    if (!ending && !passages.isAnnounced()) {
      throw new AgentException(reason);
    }
    List<FromAgent> out = new ArrayList<>();
    out.add(new FromAgent.FellBack("tts", "nothing", reason));
    if (ending) {
      out.add(new FromAgent.Goodbye());
    } else {
      passages.askNothing();
      out.addAll(follow());
    }
    return out;
  }

  /// What follows from what was heard and confirmed by now.
  private List<FromAgent> follow() {
    if (ending || !(heard || passages.isHeard())) {
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
    } else if (waitingSince == 0 && passages.isAsked()) {
      waitingSince = nanoTime.getAsLong();
    }
    return out;
  }

  private List<FromAgent> again() {
    if (ending || times >= settings.times()) {
      return List.of();
    }
    List<FromAgent> out = passages.cut();
    announce();
    return out;
  }

  private void announce() {
    times++;
    waitingSince = 0;
    passages.announce(text, settings.question());
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
    out.addAll(passages.cut());
    passages.close(words);
    return out;
  }
}
