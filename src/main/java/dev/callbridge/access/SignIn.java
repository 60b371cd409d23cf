package dev.callbridge.access;

import dev.callbridge.requests.Bodies;
import dev.callbridge.secrets.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Sign-in for people, and who one is.
@RestController
class SignIn {

  /// BCrypt reads no further.
  private static final int MAX_PASSWORD = 72;

  /// As many may fail for one name in a minute as from so many addresses.
  private static final int ADDRESSES = 10;

  private static final Secret NO_PASSWORD = new Secret("");

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");

  private final Users users;
  private final Sessions sessions;
  private final ServerCsrfTokenRepository csrfTokens;
  private final ClientAddress addresses;
  private final int attemptsPerMinute;
  private final Throttle attempts = new Throttle();

  SignIn(
      Users users,
      Sessions sessions,
      ServerCsrfTokenRepository csrfTokens,
      ClientAddress addresses,
      AccessSettings settings) {
    this.users = users;
    this.sessions = sessions;
    this.csrfTokens = csrfTokens;
    this.addresses = addresses;
    this.attemptsPerMinute = settings.signIn().attemptsPerMinute();
  }

  record Credentials(@Nullable String username, @Nullable Secret password) {}

  /// @param kind `KEY` or `USER`
  record Me(String name, Grant.Kind kind, List<String> scopes) {}

  @PostMapping(path = "/login", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ResponseEntity<Void>> login(
      @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
    return login(Bodies.read(body, Credentials.class), exchange);
  }

  @PostMapping(path = "/login", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  Mono<ResponseEntity<Void>> loginByForm(ServerWebExchange exchange) {
    return exchange
        .getFormData()
        .flatMap(form ->
            login(
                new Credentials(form.getFirst("username"), secret(form.getFirst("password"))),
                exchange));
  }

  private static @Nullable Secret secret(@Nullable String text) {
    return text == null ? null : new Secret(text);
  }

  private Mono<ResponseEntity<Void>> login(Credentials credentials, ServerWebExchange exchange) {
    String name = credentials.username() == null ? "" : credentials.username();
    Secret password = credentials.password() == null ? NO_PASSWORD : credentials.password();
    String address = addresses.of(exchange.getRequest());
    checkSite(exchange);
    checkRate(address, name);
    if (password.value().length() > MAX_PASSWORD) {
      return Mono.error(() -> wrong(name, address));
    }
    return users
        .check(name, password)
        .onErrorMap(RejectedExecutionException.class, _ -> tooMany(Duration.ofSeconds(5)))
        .switchIfEmpty(Mono.error(() -> wrong(name, address)))
        .flatMap(user -> begin(user, address, exchange))
        .thenReturn(ResponseEntity.noContent().build());
  }

  /// A page of somebody else's could sign its visitors in as its author. Browsers say so.
  private static void checkSite(ServerWebExchange exchange) {
    if (Sessions.isFromAnotherSite(exchange.getRequest())) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN, "Sec-Fetch-Site: a page of another site cannot sign anybody in");
    }
  }

  /// A name that is not there costs a place too, and tells nothing.
  private void checkRate(String address, String name) {
    Optional<Duration> wait =
        attempts
            .take("from " + address, attemptsPerMinute)
            .or(() ->
                attempts.take(
                    "as " + (users.has(name) ? name : "anybody"), ADDRESSES * attemptsPerMinute));
    wait.ifPresent(until -> {
      // The attempts that were too many have been told of one by one.
      LOG.debug("sign-in from {} refused: too many attempts", address);
      throw tooMany(until);
    });
  }

  private ResponseStatusException wrong(String name, String address) {
    LOG.warn(
        "sign-in from {} refused: {}",
        address,
        users.has(name) ? "wrong password for " + name : "no such user");
    return new ResponseStatusException(
        HttpStatus.UNAUTHORIZED, "the user name or the password is wrong");
  }

  private static ErrorResponseException tooMany(Duration wait) {
    ErrorResponseException problem =
        new ErrorResponseException(
            HttpStatus.TOO_MANY_REQUESTS,
            ProblemDetail.forStatusAndDetail(
                HttpStatus.TOO_MANY_REQUESTS, "too many attempts to sign in"),
            null);
    problem.getHeaders().set(HttpHeaders.RETRY_AFTER, Problems.seconds(wait));
    return problem;
  }

  private Mono<Void> begin(Users.User user, String address, ServerWebExchange exchange) {
    String name = user.grant().shownName();
    return sessions
        .begin(exchange, user)
        .onErrorMap(
            IllegalStateException.class,
            e -> {
              LOG.error("{} could not be signed in: {}", name, e.getMessage());
              return new ResponseStatusException(
                  HttpStatus.SERVICE_UNAVAILABLE, "too many people are signed in");
            })
        .onErrorMap(SignIn::isOfTheDatabase, SignIn::databaseIsAway)
        .then(csrfTokens.generateToken(exchange))
        .flatMap(token -> csrfTokens.saveToken(exchange, token))
        .doOnSuccess(_ -> LOG.info("{} signed in from {}", name, address));
  }

  private static boolean isOfTheDatabase(Throwable e) {
    return e instanceof DataAccessException || e instanceof TimeoutException;
  }

  private static ResponseStatusException databaseIsAway(Throwable e) {
    LOG.error("nobody can sign in or out, the database does not answer: {}", e.toString());
    return new ResponseStatusException(
        HttpStatus.SERVICE_UNAVAILABLE, "nobody can sign in or out right now");
  }

  /// Without a session it changes nothing.
  @PostMapping("/logout")
  Mono<ResponseEntity<Void>> logout(@Nullable Grant grant, ServerWebExchange exchange) {
    if (grant != null && grant.kind() == Grant.Kind.USER) {
      LOG.info("{} signed out", grant.shownName());
    }
    return sessions
        .end(exchange)
        .onErrorMap(SignIn::isOfTheDatabase, SignIn::databaseIsAway)
        .then(csrfTokens.saveToken(exchange, null))
        .thenReturn(ResponseEntity.noContent().build());
  }

  /// Renews the cookie that a page needs for its next unsafe request, if it has been lost.
  @GetMapping("/api/v1/me")
  Mono<Me> me(Grant grant, ServerWebExchange exchange) {
    Mono<?> token =
        grant.kind() == Grant.Kind.USER
            ? exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty())
            : Mono.empty();
    return token.thenReturn(
        new Me(
            grant.shownName(),
            grant.kind(),
            grant.scopes().stream().sorted().map(Scope::text).toList()));
  }
}
