package dev.callbridge.twilio;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Frame to message and back, for one socket. The only class that knows Media Streams are JSON.
///
/// Fifty frames a second are `media` in one exact spelling: those go through [MediaFrame],
/// everything else, and every frame that differs by a byte, through Jackson.
public final class MediaStreamCodec {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(32)
                          .maxNameLength(256)
                          .maxStringLength(64 * 1024)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private static final byte[] MEDIA = ascii("{\"event\":\"media\",\"streamSid\":\"");
  private static final byte[] PAYLOAD = ascii("\",\"media\":{\"payload\":\"");
  private static final byte[] MARK = ascii("{\"event\":\"mark\",\"streamSid\":\"");
  private static final byte[] NAME = ascii("\",\"mark\":{\"name\":\"");
  private static final byte[] CLEAR = ascii("{\"event\":\"clear\",\"streamSid\":\"");
  private static final byte[] END = ascii("\"}");
  private static final byte[] END_NESTED = ascii("\"}}");

  private final MediaFrame media = new MediaFrame();

  /// Meets every kind of message once, ahead of the first call: Jackson takes a lock for a kind it
  /// has not met, which is not for event loops.
  public static void learn() {
    for (Class<?> message : FromTwilio.class.getPermittedSubclasses()) {
      JsonTypeName name = message.getAnnotation(JsonTypeName.class);
      String event = name == null ? "" : name.value();
      var _ = JSON.readValue("{\"event\":\"" + event + "\"}", FromTwilio.class);
    }
  }

  /// Reads one text frame; does not release it.
  ///
  /// @throws MediaStreamException when it is not a JSON object of the protocol
  public FromTwilio decode(ByteBuf frame) {
    FromTwilio.Media common = media.read(frame);
    return common != null ? common : parse(frame);
  }

  /// The common frame alone, or null where it takes [#decode] to say what a frame is.
  public FromTwilio.@Nullable Media sound(byte[] text, int length) {
    return media.read(text, length);
  }

  private FromTwilio parse(ByteBuf frame) {
    @Nullable FromTwilio message;
    try {
      message = JSON.readValue(input(frame), FromTwilio.class);
    } catch (JacksonException e) {
      throw new MediaStreamException("not a Media Streams message: " + e.getOriginalMessage());
    }
    return switch (message) {
      case null -> throw new MediaStreamException("not a Media Streams message: null");
      case FromTwilio.Start start when start.start() == null ->
          throw new MediaStreamException("start without its start object");
      case FromTwilio.Media m when m.media() == null || m.media().payload() == null ->
          throw new MediaStreamException("media without media.payload");
      case FromTwilio.Mark mark when mark.mark() == null || mark.mark().name() == null ->
          throw new MediaStreamException("mark without mark.name");
      case FromTwilio.Dtmf dtmf when dtmf.dtmf() == null || dtmf.dtmf().digit() == null ->
          throw new MediaStreamException("dtmf without dtmf.digit");
      case FromTwilio.Start start -> {
        media.expect(start.stream());
        yield start;
      }
      default -> message;
    };
  }

  public ByteBuf encode(ToTwilio message, ByteBufAllocator allocator) {
    return switch (message) {
      case ToTwilio.Media(var stream, var payload) ->
          join(allocator, MEDIA, ascii(stream), PAYLOAD, payload, END_NESTED);
      case ToTwilio.Mark(var stream, var name) ->
          join(allocator, MARK, ascii(stream), NAME, ascii(name), END_NESTED);
      case ToTwilio.Clear(var stream) -> join(allocator, CLEAR, ascii(stream), END);
    };
  }

  private static InputStream input(ByteBuf frame) {
    return new ByteBufInputStream(frame.duplicate());
  }

  private static ByteBuf join(ByteBufAllocator allocator, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuf frame = allocator.buffer(length);
    for (byte[] part : parts) {
      frame.writeBytes(part);
    }
    return frame;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
