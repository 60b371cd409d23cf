package dev.callbridge.assistants;

import dev.callbridge.assistants.AssistantForm.Source;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.ETags;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.requests.InvalidRequestException.FieldError;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Makes, shows, changes and deletes assistants. Those of the settings are shown beside the others
/// and changed where they are.
@RestController
@RequestMapping(AssistantsController.PATH)
class AssistantsController {

  static final String PATH = "/api/v1/assistants";

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.assistants");

  private final Assistants assistants;
  private final StoredAssistants stored;
  private final AssistantRefresh refresh;
  private final LookupSettings lookups;
  private final ModelEndpoints endpoints;
  private final ToolNames tools;

  AssistantsController(
      Assistants assistants,
      StoredAssistants stored,
      AssistantRefresh refresh,
      AssistantSettings settings,
      ModelEndpoints endpoints,
      ToolNames tools) {
    this.assistants = assistants;
    this.stored = stored;
    this.refresh = refresh;
    this.lookups = settings.lookup();
    this.endpoints = endpoints;
    this.tools = tools;
  }

  record AssistantList(List<AssistantForm> assistants) {}

  /// By name.
  @GetMapping
  Mono<AssistantList> list() {
    return stored
        .all()
        .map(all ->
            Stream.concat(
                    assistants.configured().keySet().stream().sorted().map(this::configured),
                    all.stream()
                        .filter(each -> !assistants.isConfigured(each.name()))
                        .map(AssistantForm::of))
                .toList())
        .map(AssistantList::new)
        .onErrorMap(AssistantsController::unavailable);
  }

  @GetMapping("/{name}")
  Mono<ResponseEntity<AssistantForm>> one(@PathVariable String name) {
    return assistants.isConfigured(name)
        ? Mono.just(ResponseEntity.ok(configured(name)))
        : found(name).map(it -> answer(HttpStatus.OK, it));
  }

  @PostMapping
  Mono<ResponseEntity<AssistantForm>> make(
      @RequestBody(required = false) byte @Nullable [] body, Principal by) {
    AssistantForm form = Bodies.read(body, AssistantForm.class);
    if (form.name() == null) {
      throw InvalidRequestException.badRequest("name", "is missing");
    }
    return create(form.name(), form, by);
  }

  /// Makes one of that name, or replaces it as a whole. Who replaces it says which version: as
  /// `If-Match`, or as `version` in the body.
  @PutMapping("/{name}")
  Mono<ResponseEntity<AssistantForm>> put(
      @PathVariable String name,
      @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody(required = false) byte @Nullable [] body,
      Principal by) {
    refuseConfigured(name);
    AssistantForm form = Bodies.read(body, AssistantForm.class);
    @Nullable Long version = ifMatch == null ? form.version() : ETags.version(ifMatch);
    if (version == null) {
      return create(name, form, by);
    }
    Assistant assistant = check(name, form);
    return stored
        .replace(name, version, assistant)
        .switchIfEmpty(Mono.error(() -> changed(name)))
        .onErrorMap(DuplicateKeyException.class, _ -> taken(assistant))
        .delayUntil(_ -> refresh.now())
        .doOnNext(_ -> LOG.info("assistant {} changed by {}", name, by.getName()))
        .flatMap(_ -> found(name))
        .map(it -> answer(HttpStatus.OK, it))
        .onErrorMap(AssistantsController::unavailable);
  }

  private Mono<ResponseEntity<AssistantForm>> create(
      String name, AssistantForm form, Principal by) {
    refuseConfigured(name);
    Assistant assistant = check(name, form);
    return stored
        .create(name, assistant)
        .switchIfEmpty(Mono.defer(() -> notMade(name)))
        .onErrorMap(DuplicateKeyException.class, _ -> taken(assistant))
        .delayUntil(_ -> refresh.now())
        .doOnNext(_ -> LOG.info("assistant {} made by {}", name, by.getName()))
        .map(version -> answer(HttpStatus.CREATED, new StoredAssistant(name, version, assistant)))
        .onErrorMap(AssistantsController::unavailable);
  }

  /// Calls of an assistant that is gone are answered by `default`.
  @DeleteMapping("/{name}")
  Mono<ResponseEntity<Void>> delete(
      @PathVariable String name,
      @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      Principal by) {
    refuseConfigured(name);
    return stored
        .delete(name, ifMatch == null ? null : ETags.version(ifMatch))
        .flatMap(gone ->
            gone ? refresh.now() : found(name).flatMap(_ -> Mono.<Void>error(changed(name))))
        .doOnSuccess(_ -> LOG.info("assistant {} deleted by {}", name, by.getName()))
        .then(Mono.fromSupplier(() -> ResponseEntity.noContent().<Void>build()))
        .onErrorMap(AssistantsController::unavailable);
  }

  private AssistantForm configured(String name) {
    return AssistantForm.of(name, Source.CONFIGURED, null, assistants.of(name));
  }

  private Mono<StoredAssistant> found(String name) {
    return stored
        .find(name)
        .switchIfEmpty(
            Mono.error(() -> problem(HttpStatus.NOT_FOUND, "no assistant is named that")))
        .onErrorMap(AssistantsController::unavailable);
  }

  private static ResponseEntity<AssistantForm> answer(HttpStatus status, StoredAssistant it) {
    ResponseEntity.BodyBuilder answer = ResponseEntity.status(status).eTag(ETags.of(it.version()));
    if (status == HttpStatus.CREATED) {
      answer.location(URI.create(PATH + "/" + it.name()));
    }
    return answer.body(AssistantForm.of(it));
  }

  private Assistant check(String name, AssistantForm form) {
    Assistant assistant = new AssistantCheck(lookups, endpoints).check(name, form);
    List<FieldError> elsewhere =
        assistant.numbers().stream()
            .flatMap(number ->
                assistants
                    .configuredFor(number)
                    .filter(whose -> !whose.equals(name))
                    .map(whose -> new FieldError("numbers", "has one of " + whose + ": " + number))
                    .stream())
            .toList();
    if (!elsewhere.isEmpty()) {
      throw new InvalidRequestException(HttpStatus.CONFLICT, elsewhere);
    }
    List<String> missing =
        assistant.tools().stream().filter(tool -> !tools.all().contains(tool)).toList();
    if (!missing.isEmpty()) {
      throw new InvalidRequestException(
          HttpStatus.UNPROCESSABLE_CONTENT,
          List.of(new FieldError("tools", "has %s; there are %s".formatted(missing, tools.all()))));
    }
    return assistant;
  }

  private void refuseConfigured(String name) {
    if (assistants.isConfigured(name)) {
      throw new InvalidRequestException(
          HttpStatus.CONFLICT,
          List.of(new FieldError("name", "is that of an assistant of the settings")));
    }
  }

  private Mono<Long> notMade(String name) {
    return stored
        .find(name)
        .hasElement()
        .flatMap(there ->
            Mono.error(
                there
                    ? problem(
                        HttpStatus.PRECONDITION_REQUIRED,
                        "there is an assistant of that name: say which version is replaced")
                    : problem(
                        HttpStatus.CONFLICT,
                        "there are "
                            + StoredAssistants.MOST
                            + " assistants, as many as there may be")));
  }

  private static InvalidRequestException taken(Assistant assistant) {
    return new InvalidRequestException(
        HttpStatus.CONFLICT,
        List.of(new FieldError("numbers", "has one of another: " + assistant.numbers())));
  }

  private static ResponseStatusException changed(String name) {
    return problem(
        HttpStatus.PRECONDITION_FAILED, "version: " + name + " is not, or no longer, that one");
  }

  private static ResponseStatusException problem(HttpStatus status, String detail) {
    return new ResponseStatusException(status, detail);
  }

  private static Throwable unavailable(Throwable failure) {
    return failure instanceof TimeoutException || failure instanceof DataAccessException
        ? new ResponseStatusException(
            HttpStatus.SERVICE_UNAVAILABLE, "the database does not answer; ask again", failure)
        : failure;
  }
}
