package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An instruction of a TwiML document, with its URLs still as the document has them.
sealed interface Verb {

  record Say(String text) implements Verb {}

  record Play(String url) implements Verb {}

  record Pause(Duration length) implements Verb {}

  record Redirect(String url, String method) implements Verb {}

  record Hangup() implements Verb {}

  record Reject(String reason) implements Verb {}

  record Connect(@Nullable String action, String method, @Nullable Stream stream) implements Verb {}

  record Dial(
      List<String> targets,
      @Nullable String whisper,
      @Nullable String callerId,
      Duration timeout,
      @Nullable String action,
      String method)
      implements Verb {}

  /// A verb Twilio has and the sandbox does not, or one nobody has.
  record Unsupported(String name) implements Verb {}

  /// The `<Stream>` within a [Connect].
  record Stream(
      String url,
      @Nullable String name,
      @Nullable String track,
      @Nullable String statusCallback,
      String statusCallbackMethod,
      Map<String, String> parameters) {}
}
