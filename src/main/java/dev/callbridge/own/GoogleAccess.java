package dev.callbridge.own;

import com.google.auth.oauth2.GoogleCredentials;
import dev.callbridge.agent.AgentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Who asks Google. Its library keeps the tokens and renews them; it blocks, so it has threads of
/// its own.
@Component
class GoogleAccess implements DisposableBean {

  private static final String SCOPE = "https://www.googleapis.com/auth/dialogflow";
  private static final Logger log = LoggerFactory.getLogger(GoogleAccess.class);

  private static final int MAX_LINE = 300;
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 2_000;

  private final Scheduler scheduler =
      Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "google-access", 60, true);

  private final Map<String, GoogleCredentials> credentials = new HashMap<>();

  /// @param file a service account's key, null for whoever the machine says that it is
  /// @return the token; fails with [AgentException] `model_credentials`
  Mono<String> token(@Nullable String file) {
    return Mono.fromCallable(
            () -> {
              GoogleCredentials known = credentials(file == null ? "" : file);
              known.refreshIfExpired();
              return Objects.requireNonNull(known.getAccessToken()).getTokenValue();
            })
        .subscribeOn(scheduler)
        .doOnError(e -> log.warn("Google gives no token: {}", line(e)))
        .onErrorMap(_ -> new AgentException("model_credentials"));
  }

  private synchronized GoogleCredentials credentials(String file) throws IOException {
    GoogleCredentials known = credentials.get(file);
    if (known == null) {
      known = load(file).createScoped(SCOPE);
      credentials.put(file, known);
    }
    return known;
  }

  private static GoogleCredentials load(String file) throws IOException {
    if (file.isEmpty()) {
      return GoogleCredentials.getApplicationDefault();
    }
    try (InputStream key = Files.newInputStream(Path.of(file))) {
      return GoogleCredentials.fromStream(key);
    }
  }

  /// Part of it may be what a server answered.
  private static String line(Throwable e) {
    String text = e.toString().replaceAll("\\p{Cntrl}+", " ");
    return text.substring(0, Math.min(text.length(), MAX_LINE));
  }

  @Override
  public void destroy() {
    scheduler.dispose();
  }
}
