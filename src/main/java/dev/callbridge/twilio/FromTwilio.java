package dev.callbridge.twilio;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/// A message from Twilio over a Media Stream. Names and shape are Twilio's, so one record is one
/// wire message. Twilio writes its numbers as strings; numbers are read as well.
@JsonTypeInfo(use = Id.NAME, property = "event", defaultImpl = FromTwilio.Unrecognized.class)
public sealed interface FromTwilio {

  /// The first message of a socket. Carries nothing a call needs.
  @JsonTypeName("connected")
  record Connected(@Nullable String protocol, @Nullable String version) implements FromTwilio {}

  /// Names the call and carries the TwiML `<Parameter>` values. Comes before any [Media].
  @JsonTypeName("start")
  record Start(long sequenceNumber, @Nullable String streamSid, Metadata start)
      implements FromTwilio {

    public record Metadata(
        @Nullable String streamSid,
        @Nullable String accountSid,
        @Nullable String callSid,
        @Nullable List<String> tracks,
        @Nullable MediaFormat mediaFormat,
        @Nullable Map<String, String> customParameters) {}

    public record MediaFormat(@Nullable String encoding, int sampleRate, int channels) {}

    /// The stream's id, which Twilio gives twice.
    public @Nullable String stream() {
      return streamSid != null ? streamSid : start.streamSid();
    }

    public Map<String, String> parameters() {
      Map<String, String> parameters = start.customParameters();
      return parameters == null ? Map.of() : parameters;
    }
  }

  /// A slice of the caller's voice, about 20 ms. Relayed, never decoded on the way.
  @JsonTypeName("media")
  record Media(long sequenceNumber, @Nullable String streamSid, Chunk media) implements FromTwilio {

    /// @param timestamp milliseconds since the stream began
    /// @param payload base64 text, as bytes, of μ-law 8 kHz mono
    public record Chunk(
        @Nullable String track,
        long chunk,
        long timestamp,
        @JsonDeserialize(using = Base64Payload.class) byte[] payload) {}
  }

  /// The caller pressed a key.
  @JsonTypeName("dtmf")
  record Dtmf(long sequenceNumber, @Nullable String streamSid, Press dtmf) implements FromTwilio {
    public record Press(@Nullable String track, String digit) {}
  }

  /// The audio sent before this mark has been played, or thrown away by a `clear`.
  @JsonTypeName("mark")
  record Mark(long sequenceNumber, @Nullable String streamSid, Name mark) implements FromTwilio {
    public record Name(String name) {}
  }

  /// The caller hung up, or the TwiML moved on.
  @JsonTypeName("stop")
  record Stop(long sequenceNumber, @Nullable String streamSid, @Nullable Ended stop)
      implements FromTwilio {
    public record Ended(@Nullable String accountSid, @Nullable String callSid) {}
  }

  /// Any other event. Twilio may add one, and that must not end a call.
  record Unrecognized() implements FromTwilio {}
}
