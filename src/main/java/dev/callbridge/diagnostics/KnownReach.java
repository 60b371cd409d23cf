package dev.callbridge.diagnostics;

import dev.callbridge.assistants.AgentReach;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.elevenlabs.AgentAccess;
import dev.callbridge.elevenlabs.AgentProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What was last found by the steps that a call is refused for, for each assistant that calls are
/// placed for. Whoever places a call reads it and waits for nobody.
@Component
class KnownReach implements AgentReach {

  /// An assistant that nobody has placed a call for in this long is not looked after any more.
  private static final Duration INTEREST = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final DiagnosticsSettings settings;
  private final Assistants assistants;
  private final Function<String, Optional<String>> closedFor;
  private final Function<String, Mono<AgentProfile>> profiles;
  private final List<Step> deciding;
  private final LongSupplier nanoTime;
  private final Map<String, Long> wanted = new ConcurrentHashMap<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /// @param obstacle null where nothing definite stands in the way
  /// @param profile null where it is not known
  private record Known(@Nullable Obstacle obstacle, @Nullable AgentProfile profile, long at) {}

  @Autowired
  KnownReach(
      DiagnosticsSettings settings,
      Assistants assistants,
      AgentAccess access,
      Facts facts,
      Steps steps) {
    this(settings, assistants, access::closedFor, facts::agent, steps.deciding(), System::nanoTime);
  }

  /// @param closedFor what calls are kept from an agent for
  KnownReach(
      DiagnosticsSettings settings,
      Assistants assistants,
      Function<String, Optional<String>> closedFor,
      Function<String, Mono<AgentProfile>> profiles,
      List<Step> deciding,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.assistants = assistants;
    this.closedFor = closedFor;
    this.profiles = profiles;
    this.deciding = deciding;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<Obstacle> obstacle(String assistant) {
    wanted.put(assistant, nanoTime.getAsLong());
    Known last = known.get(assistant);
    Assistant asked = assistants.of(assistant);
    return Optional.of(asked.agentId())
        .filter(_ -> asked.isOfElevenLabs())
        .flatMap(closedFor)
        .map(AgentSteps::closed)
        .map(finding -> obstacle(AgentSteps.CIRCUIT, finding))
        .or(() -> Optional.ofNullable(last).filter(this::isFresh).map(Known::obstacle));
  }

  @Override
  public List<Unfit> unfit(String assistant, Brought brought) {
    Known last = known.get(assistant);
    return last == null || last.profile() == null || !isFresh(last)
        ? List.of()
        : ProfileSteps.unfit(last.profile(), brought);
  }

  private static Obstacle obstacle(String step, Finding finding) {
    return new Obstacle(step, finding.detail(), String.valueOf(finding.remedy()));
  }

  /// Looks again wherever it is due. Never fails.
  Mono<Void> refresh() {
    long now = nanoTime.getAsLong();
    wanted.values().removeIf(at -> now - at > INTEREST.toNanos());
    wanted.put(Assistants.DEFAULT, now);
    known.keySet().retainAll(wanted.keySet());
    return Flux.fromIterable(wanted.keySet()).filter(this::isDue).concatMap(this::look).then();
  }

  private boolean isDue(String assistant) {
    Known last = known.get(assistant);
    return last == null
        || isOlder(last, last.obstacle() == null ? settings.refresh() : settings.recheck());
  }

  private Mono<Void> look(String name) {
    Assistant assistant = assistants.of(name);
    Mono<Optional<Obstacle>> obstacle =
        Flux.fromIterable(deciding)
            .filter(step -> Steps.concerns(step, assistant))
            .flatMapSequential(step ->
                Examination.run(step, assistant)
                    .filter(KnownReach::isDefiniteFailure)
                    .map(finding -> obstacle(step.id(), finding)))
            .next()
            .singleOptional();
    // Why it cannot be read, the steps say.
    Mono<Optional<AgentProfile>> profile =
        assistant.isOfElevenLabs()
            ? profiles.apply(assistant.agentId()).singleOptional().onErrorReturn(Optional.empty())
            : Mono.just(Optional.empty());
    return Mono.zip(obstacle, profile)
        .doOnNext(found -> remember(name, found.getT1().orElse(null), found.getT2().orElse(null)))
        .then();
  }

  private void remember(String name, @Nullable Obstacle obstacle, @Nullable AgentProfile profile) {
    Known before = known.put(name, new Known(obstacle, profile, nanoTime.getAsLong()));
    @Nullable Obstacle was = before == null ? null : before.obstacle();
    if (obstacle != null && !obstacle.equals(was)) {
      LOG.warn("calls of {} are refused, {}: {}", name, obstacle.step(), obstacle.detail());
    } else if (obstacle == null && was != null) {
      LOG.info("calls of {} are no longer refused", name);
    }
  }

  private static boolean isDefiniteFailure(Finding finding) {
    return finding.state() == State.FAILED && finding.definite();
  }

  private boolean isFresh(Known last) {
    return !isOlder(last, settings.stale());
  }

  private boolean isOlder(Known last, Duration age) {
    return nanoTime.getAsLong() - last.at() > age.toNanos();
  }
}
