package dev.callbridge.sandbox.twilio;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The telephone line of an answered call: a person at one end and, while `<Connect>` runs, a Media
/// Stream at the other. Its clock starts with the answer.
final class Line implements Caller.Hands {

  /// After a stall the frames that were due go out at once, as many as these; older ones are lost.
  private static final int MAX_CATCH_UP = 250;

  private final SandboxCall call;
  private final Clips clips;
  private final Caller caller;
  private final Sinks.Empty<Void> beeped = Sinks.empty();

  // Guarded by this.
  private final byte[] heard = new byte[Mulaw.FRAME];
  private @Nullable MediaStream stream;
  private long startNanos;
  private long frames;
  private boolean frozen;

  Line(SandboxCall call, CallerScript script, Clips clips) {
    this.call = call;
    this.clips = clips;
    this.caller = new Caller(script, this);
  }

  /// Completes when a voicemail's beep is over.
  Mono<Void> beeped() {
    return beeped.asMono();
  }

  synchronized void start(Ticker ticker) {
    startNanos = System.nanoTime();
    ticker.add(this);
  }

  synchronized void attach(MediaStream next) {
    stream = next;
  }

  synchronized void detach(MediaStream old) {
    if (stream == old) {
      stream = null;
    }
  }

  synchronized void tick(long now) {
    long due = (now - startNanos) / Ticker.FRAME.toNanos();
    long lost = due - MAX_CATCH_UP - frames;
    if (lost > 0) {
      frames += lost;
      if (stream != null) {
        stream.skip(lost);
      }
    }
    while (frames < due) {
      frames++;
      frame();
    }
  }

  private void frame() {
    MediaStream streaming = stream != null && stream.isOpen() ? stream : null;
    int length = streaming == null ? 0 : streaming.play(heard);
    if (length > 0) {
      call.hears(heard, length);
    }
    for (Character key = call.nextDigit(); key != null; key = call.nextDigit()) {
      caller.press(key);
    }
    byte[] voice = caller.live(Mulaw.isAudible(heard, length), streaming != null);
    if (streaming != null && !frozen) {
      streaming.send(voice);
    }
  }

  @Override
  public void press(char digit) {
    if (stream != null) {
      call.note("dtmf", String.valueOf(digit));
      stream.press(digit);
    }
  }

  @Override
  public void hangUp() {
    call.end("caller");
  }

  @Override
  public void dropConnection() {
    if (stream != null) {
      call.note("caller", "drops the stream's TCP connection");
      stream.drop();
    }
  }

  @Override
  public void stopSending() {
    call.note("caller", "stops sending media");
    frozen = true;
  }

  @Override
  public void stopReading() {
    if (stream != null) {
      call.note("caller", "stops reading the stream");
      stream.stopReading();
    }
  }

  @Override
  public void hasSpoken(String name) {
    if (name.equals("beep")) {
      beeped.tryEmitEmpty();
    }
  }

  @Override
  public byte[] clip(String name) {
    call.note("caller", "speaks " + name);
    return clips.clip(name);
  }
}
