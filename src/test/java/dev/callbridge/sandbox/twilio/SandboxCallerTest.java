package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A person's behaviour, frame by frame and without a clock.
class SandboxCallerTest implements Caller.Hands {
  private final List<String> done = new ArrayList<>();

  @Test
  void speaksOnceTheAgentHasBeenSilentFor700Milliseconds() {
    var caller = new Caller(CallerScript.answers().listens().says("hello"), this);
    live(caller, 50, true);
    live(caller, 34, false);
    assertThat(done).isEmpty();
    live(caller, 1, false);
    assertThat(done).containsExactly("says hello");
  }

  @Test
  void aShortPauseIsNotTheEndOfATurn() {
    var caller = new Caller(CallerScript.answers().listens().hangsUp(), this);
    live(caller, 50, true);
    live(caller, 30, false);
    live(caller, 1, true);
    live(caller, 34, false);
    assertThat(done).isEmpty();
    live(caller, 1, false);
    assertThat(done).containsExactly("hangs up");
  }

  @Test
  void interruptsWithinTheAgentsSpeech() {
    var caller =
        new Caller(CallerScript.answers().interruptsAfter(Duration.ofSeconds(1), "wait"), this);
    live(caller, 20, false);
    live(caller, 49, true);
    assertThat(done).isEmpty();
    assertThat(Mulaw.isAudible(caller.live(true, true), 160)).isTrue();
    assertThat(done).containsExactly("says wait");
  }

  @Test
  void speaksTheWholeClipThenIsSilent() {
    var caller = new Caller(CallerScript.answers().says("x").hangsUp(), this);
    List<Boolean> audible = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      audible.add(Mulaw.isAudible(caller.live(false, true), 160));
    }
    assertThat(audible).containsExactly(true, true, true, true, true, false, false, false);
    assertThat(done).containsExactly("says x", "hangs up");
  }

  @Test
  void waitsForAStreamBeforeSpeakingButNotBeforeHangingUp() {
    var speaker = new Caller(CallerScript.answers().says("x"), this);
    for (int i = 0; i < 100; i++) {
      speaker.live(false, false);
    }
    assertThat(done).isEmpty();
    new Caller(CallerScript.answers().hangsUp(), this).live(false, false);
    assertThat(done).containsExactly("hangs up");
  }

  @Test
  void givesUpOnAnAgentThatNeverSpeaks() {
    var caller = new Caller(CallerScript.answers().listens().hangsUp(), this);
    live(caller, 999, false);
    assertThat(done).isEmpty();
    live(caller, 1, false);
    assertThat(done).containsExactly("hangs up");
  }

  @Test
  void pressesKeysApart() {
    var caller = new Caller(CallerScript.answers().presses("12"), this);
    live(caller, 2, false);
    assertThat(done).containsExactly("presses 1");
    live(caller, 15, false);
    assertThat(done).containsExactly("presses 1");
    live(caller, 1, false);
    assertThat(done).containsExactly("presses 1", "presses 2");
  }

  @Test
  void breaksTheLineInEveryWay() {
    var script = CallerScript.answers().stopsSending().stopsReading().dropsConnection();
    new Caller(script, this).live(false, true);
    assertThat(done).containsExactly("stops sending", "stops reading", "drops");
  }

  @Test
  void everyNumberOfTheBookIsDescribedOnce() {
    assertThat(Directory.entries()).extracting(Directory.Entry::digits).doesNotHaveDuplicates();
    assertThat(Directory.entries()).isNotEmpty().noneMatch(row -> row.description().isBlank());
    assertThat(Directory.find("+15550002001").digits()).isEqualTo("2001");
    assertThat(Directory.find("+15559999999").digits()).isEqualTo("2000");
    assertThat(CallerScript.forNumber("+15550002007").machine()).isTrue();
  }

  private static void live(Caller caller, int frames, boolean agentAudible) {
    for (int i = 0; i < frames; i++) {
      caller.live(agentAudible, true);
    }
  }

  @Override
  public void press(char digit) {
    done.add("presses " + digit);
  }

  @Override
  public void hangUp() {
    done.add("hangs up");
  }

  @Override
  public void dropConnection() {
    done.add("drops");
  }

  @Override
  public void stopSending() {
    done.add("stops sending");
  }

  @Override
  public void stopReading() {
    done.add("stops reading");
  }

  @Override
  public void hasSpoken(String name) {}

  @Override
  public byte[] clip(String name) {
    done.add("says " + name);
    return Mulaw.tone(440, 100);
  }
}
