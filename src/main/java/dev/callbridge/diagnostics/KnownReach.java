package dev.callbridge.diagnostics;

import dev.callbridge.assistants.AgentReach;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.elevenlabs.AgentAccess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What was last found by the steps that a call is refused for, for each assistant that calls are
/// placed for. Whoever places a call reads it and waits for nobody.
@Component
class KnownReach implements AgentReach {

  /// An assistant that nobody has placed a call for in this long is not looked after any more.
  private static final Duration INTEREST = Duration.ofMinutes(10);

  private final DiagnosticsSettings settings;
  private final Assistants assistants;
  private final AgentAccess access;
  private final List<Step> deciding;
  private final Map<String, Long> wanted = new ConcurrentHashMap<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /// @param obstacle null where nothing definite stands in the way
  private record Known(@Nullable Obstacle obstacle, long at) {}

  KnownReach(DiagnosticsSettings settings, Assistants assistants, AgentAccess access, Steps steps) {
    this.settings = settings;
    this.assistants = assistants;
    this.access = access;
    this.deciding = steps.deciding();
  }

  @Override
  public Optional<Obstacle> obstacle(String assistant) {
    wanted.put(assistant, System.nanoTime());
    Known last = known.get(assistant);
    return access
        .closedFor(assistants.of(assistant).agentId())
        .map(AgentSteps::closed)
        .map(finding -> obstacle(AgentSteps.CIRCUIT, finding))
        .or(() -> Optional.ofNullable(last).filter(this::isFresh).map(Known::obstacle));
  }

  private static Obstacle obstacle(String step, Finding finding) {
    return new Obstacle(step, finding.detail(), String.valueOf(finding.remedy()));
  }

  /// Looks again wherever it is due. Never fails.
  Mono<Void> refresh() {
    long now = System.nanoTime();
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
    return Flux.fromIterable(deciding)
        .flatMapSequential(step ->
            Examination.run(step, assistant)
                .filter(KnownReach::isDefiniteFailure)
                .map(finding -> obstacle(step.id(), finding)))
        .next()
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .doOnNext(found -> known.put(name, new Known(found.orElse(null), System.nanoTime())))
        .then();
  }

  private static boolean isDefiniteFailure(Finding finding) {
    return finding.state() == State.FAILED && finding.definite();
  }

  private boolean isFresh(Known last) {
    return !isOlder(last, settings.stale());
  }

  private static boolean isOlder(Known last, Duration age) {
    return System.nanoTime() - last.at() > age.toNanos();
  }
}
