package dev.callbridge.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller who speaks for half a second, waits for the answer, hears it out, pauses and speaks
/// again.
final class TurnCaller implements Metronome.Beat {

  /// How the base64 text of a loud frame begins, and of no silent one.
  static final String LOUD = "EBAQ";

  private static final String SPEECH = payload((byte) 0x10);
  private static final String SILENCE = payload((byte) 0xFF);

  private static final int SPEAKS = 25;
  private static final int PAUSES = 40;
  private static final int GIVES_UP = 500;
  private static final long NANOS_PER_CHARACTER = 93_750;

  /// Told of every turn that was answered.
  interface Answered {

    /// @param turn as the stages name it
    void turn(String turn, long nanos);
  }

  private record Mark(String name, long playedAt) {}

  private final String streamSid;
  private final String callSid;
  private final Answered answered;
  private final Sinks.Many<String> out = Sinks.many().unicast().onBackpressureBuffer();
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private final Disposable connection;
  private long sequence = 1;
  private long chunk;
  private long playedAt;

  /// Frames that it has been doing what it does.
  private int since;

  private boolean waiting = true;
  private boolean speaking;
  private long spokeAt;
  private int unanswered;

  TurnCaller(
      String callSid,
      URI stream,
      String signature,
      Map<String, String> parameters,
      Answered answered,
      Runnable onGone) {
    this.callSid = callSid;
    this.streamSid = "MZ" + callSid.substring(2);
    this.answered = answered;
    out.tryEmitNext(TwilioMessages.CONNECTED);
    out.tryEmitNext(TwilioMessages.start(streamSid, callSid, sequence++, parameters));
    connection =
        HttpClient.create()
            .headers(headers -> headers.set("X-Twilio-Signature", signature))
            .doOnConnected(to -> to.addHandlerLast(new NoOrigin()))
            .websocket()
            .uri(stream)
            .handle((in, socket) ->
                Flux.merge(
                    in.receive().asString().doOnNext(this::hear).then(),
                    socket.sendString(out.asFlux()).then()))
            .subscribe(_ -> {}, _ -> onGone.run(), onGone);
  }

  @Override
  public synchronized boolean beat(long due) {
    long now = System.nanoTime();
    while (!marks.isEmpty() && marks.peek().playedAt() <= now) {
      out.tryEmitNext(TwilioMessages.mark(streamSid, sequence++, marks.remove().name()));
    }
    since++;
    if (speaking && since > SPEAKS) {
      next(false, true);
    } else if (waiting && since > GIVES_UP) {
      unanswered++;
      next(false, false);
    } else if (!speaking && !waiting && since > PAUSES && now > playedAt) {
      next(true, false);
    }
    out.tryEmitNext(
        "{\"event\":\"media\",\"sequenceNumber\":\"%d\",\"media\":{\"track\":\"inbound\",\"chunk\":\"%d\",\"timestamp\":\"%d\",\"payload\":\"%s\"},\"streamSid\":\"%s\"}"
            .formatted(sequence++, ++chunk, chunk * 20, speaking ? SPEECH : SILENCE, streamSid));
    if (speaking) {
      spokeAt = System.nanoTime();
    }
    return true;
  }

  private void next(boolean speaks, boolean waits) {
    speaking = speaks;
    waiting = waits;
    since = 0;
  }

  private synchronized void hear(String text) {
    long now = System.nanoTime();
    JsonNode message = JsonMapper.shared().readTree(text);
    switch (message.path("event").asString("")) {
      case "media" -> {
        String payload = message.path("media").path("payload").asString("");
        playedAt = Math.max(now, playedAt) + payload.length() * NANOS_PER_CHARACTER;
        if (waiting) {
          String turn = new String(Base64.getDecoder().decode(payload), US_ASCII);
          answered.turn(turn.substring(0, turn.indexOf(0)), now - spokeAt);
          next(false, false);
        }
      }
      case "mark" -> marks.add(new Mark(message.path("mark").path("name").asString(""), playedAt));
      case "clear" -> playedAt = now;
      default -> {}
    }
  }

  synchronized int unanswered() {
    return unanswered;
  }

  synchronized void hangUp() {
    out.tryEmitNext(TwilioMessages.stop(streamSid, callSid, sequence++));
    out.tryEmitComplete();
    connection.dispose();
  }

  private static String payload(byte code) {
    byte[] frame = new byte[160];
    Arrays.fill(frame, code);
    return Base64.getEncoder().encodeToString(frame);
  }

  /// Netty's client says where it is from. Twilio does not.
  private static final class NoOrigin extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpRequest request) {
        request.headers().remove(HttpHeaderNames.ORIGIN);
      }
      var _ = context.write(message, promise);
    }
  }
}
