package dev.callbridge.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.requests.Bodies;
import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Makes, shows and revokes keys. A key itself is shown when it is made and never again.
@RestController
@RequestMapping(ApiKeysController.PATH)
class ApiKeysController {

  static final String PATH = "/api/v1/api-keys";

  private static final int MAX_PAGE = 200;
  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");

  private final StoredKeys stored;
  private final ConfiguredKeys configured;
  private final AccessSettings settings;
  private final Set<String> countries;
  private final Clock clock = Clock.systemUTC();

  ApiKeysController(
      StoredKeys stored,
      ConfiguredKeys configured,
      AccessSettings settings,
      @Value("${callbridge.outbound.countries}") Set<String> countries) {
    this.stored = stored;
    this.configured = configured;
    this.settings = settings;
    this.countries = new TreeSet<>(countries);
  }

  /// @param key only in the answer to its making
  /// @param countries null is all that are configured
  record ApiKeyResource(
      UUID id,
      String name,
      String prefix,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key,
      List<String> scopes,
      @Nullable Set<String> countries,
      AccessSettings.Limits limits,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant lastUsedAt) {

    @Override
    public String toString() {
      return "ApiKeyResource[" + name + "]";
    }
  }

  /// @param next the `before` of the next page, null on the last
  record ApiKeyPage(List<ApiKeyResource> apiKeys, @Nullable UUID next) {}

  @PostMapping
  Mono<ResponseEntity<ApiKeyResource>> make(
      @RequestBody(required = false) byte @Nullable [] body, Principal by) {
    NewApiKey.Checked wanted = Bodies.read(body, NewApiKey.class).check(countries, clock.instant());
    if (configured.hasName(wanted.name())) {
      throw taken(wanted.name());
    }
    String key = Keys.make();
    return stored
        .create(UuidCreator.getTimeOrderedEpoch(), key, wanted)
        .onErrorMap(DuplicateKeyException.class, _ -> taken(wanted.name()))
        .doOnNext(made -> LOG.info("key {} made by {}: {}", made.name(), by.getName(), wanted))
        .map(made ->
            ResponseEntity.created(URI.create(PATH + "/" + made.id())).body(show(made, key)));
  }

  private static ResponseStatusException taken(String name) {
    return new ResponseStatusException(
        HttpStatus.CONFLICT, "name: there is a key " + name + " that is not revoked");
  }

  /// Newest first.
  @GetMapping
  Mono<ApiKeyPage> list(
      @RequestParam(required = false) @Nullable UUID before,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "limit: " + limit + " is not from 1 to " + MAX_PAGE);
    }
    return stored
        .list(before, limit + 1)
        .map(key -> show(key, null))
        .collectList()
        .map(found ->
            found.size() <= limit
                ? new ApiKeyPage(found, null)
                : new ApiKeyPage(found.subList(0, limit), found.get(limit - 1).id()));
  }

  @GetMapping("/{id}")
  Mono<ApiKeyResource> one(@PathVariable UUID id) {
    return stored.find(id).map(key -> show(key, null)).switchIfEmpty(notFound(id));
  }

  /// Other instances take it for two seconds more at most.
  @DeleteMapping("/{id}")
  Mono<ApiKeyResource> revoke(@PathVariable UUID id, Principal by) {
    return stored
        .revoke(id)
        .doOnNext(key -> LOG.info("key {} revoked by {}", key.name(), by.getName()))
        .map(key -> show(key, null))
        .switchIfEmpty(notFound(id));
  }

  private static <T> Mono<T> notFound(UUID id) {
    return Mono.error(
        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no API key has the id " + id));
  }

  private ApiKeyResource show(StoredKey key, @Nullable String itself) {
    return new ApiKeyResource(
        key.id(),
        key.name(),
        key.prefix(),
        itself,
        key.scopes().stream().sorted().map(Scope::text).toList(),
        key.countries(),
        key.limits().or(settings.limits()),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt(),
        key.lastUsedAt());
  }
}
