package dev.callbridge.access;

import dev.callbridge.secrets.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The people of the settings, who sign in with a password. Only its hash is known: `{bcrypt}...`
/// or `{pbkdf2@SpringSecurity_v5_8}...`.
@Component
final class Users implements DisposableBean {

  /// Passwords that may wait to be checked. One more is refused.
  static final int MAX_WAITING = 16;

  private static final PasswordEncoder PASSWORDS =
      new DelegatingPasswordEncoder(
          "bcrypt",
          Map.of(
              "bcrypt",
              new BCryptPasswordEncoder(),
              "pbkdf2@SpringSecurity_v5_8",
              Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8()));

  /// A tenth of a second of work for each, and meant to be: not for the event loops, nor for more
  /// than one core.
  private final Scheduler hashing =
      Schedulers.newBoundedElastic(
          1, MAX_WAITING, "sign-in", Math.toIntExact(Duration.ofMinutes(1).toSeconds()), true);

  private final Map<String, User> users = new LinkedHashMap<>();

  Users(AccessSettings settings) {
    for (Secret text : settings.users()) {
      NamedSecret user = NamedSecret.parse(text, "a user is not name:scope:hash");
      users.put(
          user.name(),
          new User(
              Grant.ofUser(user.name(), user.scopes(), settings.limits()),
              user.secret(),
              Keys.hash(user.secret().value())));
    }
  }

  /// @param credential the hash's hash, which tells passwords apart and nothing more
  record User(Grant grant, Secret hash, byte[] credential) {}

  boolean has(String name) {
    return users.containsKey(name);
  }

  Optional<User> find(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /// Takes as long for a name that is not there.
  ///
  /// @return empty when the name or the password is wrong; an error when too many wait
  Mono<User> check(String name, Secret password) {
    if (users.isEmpty()) {
      return Mono.empty();
    }
    User user = users.get(name);
    Secret hash = user == null ? users.values().iterator().next().hash() : user.hash();
    return Mono.fromCallable(() -> PASSWORDS.matches(password.value(), hash.value()))
        .subscribeOn(hashing)
        .filter(matches -> matches)
        .flatMap(_ -> Mono.justOrEmpty(user));
  }

  @Override
  public void destroy() {
    hashing.dispose();
  }
}
