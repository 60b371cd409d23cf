package dev.callbridge.tools;

import dev.callbridge.tools.ToolAnswer.How;
import dev.callbridge.tools.ToolLedger.Begun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All that agents may do, and the one way to have it done.
///
/// Whatever happens, a tool call has one answer: of a tool that hangs, one that fails and one that
/// is not there too. It runs once however often it comes, at the same time and on other instances
/// too; after a crash in the middle it runs again, under the same id.
@Component
public final class ToolBox implements DisposableBean {

  static final int MAX_RESULT = 16 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private static final int THREADS = 4;
  private static final int MAX_WAITING = 1_000;

  /// Who was to run it has had its time, and this to say so.
  private static final Duration SLACK = Duration.ofSeconds(5);

  /// How often to look whether another instance is done.
  private static final Duration AGAIN = Duration.ofMillis(250);

  private final ToolSettings settings;
  private final ToolLedger ledger;
  private final ToolMeters meters;
  private final Map<String, Entry> tools = new TreeMap<>();
  private final Map<ToolUse.Key, Mono<ToolAnswer>> underWay = new ConcurrentHashMap<>();
  private final Scheduler threads = Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "tools");

  private record Entry(Tool tool, ArgumentCheck check, ToolGate gate) {}

  /// @throws IllegalStateException when two have one name, or one has none that agents can call
  ToolBox(
      List<Tool> beans,
      HttpTools http,
      ToolSettings settings,
      ToolLedger ledger,
      ToolMeters meters) {
    this.settings = settings;
    this.ledger = ledger;
    this.meters = meters;
    List<Tool> all = new ArrayList<>(beans);
    all.addAll(http.all());
    all.forEach(this::add);
  }

  private void add(Tool tool) {
    String name = tool.name();
    if (!name.matches("[a-z][a-z0-9_]{0,63}")) {
      throw new IllegalStateException(
          "the tool %s is not named by lower case letters, digits and _".formatted(name));
    }
    try {
      Entry entry =
          new Entry(
              tool, new ArgumentCheck(tool.parameters()), new ToolGate(name, settings.atOnce()));
      if (tools.putIfAbsent(name, entry) != null) {
        throw new IllegalStateException("two tools are named " + name);
      }
      meters.known(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("the tool %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  public SortedSet<String> names() {
    return new TreeSet<>(tools.keySet());
  }

  /// Those of these names that are there, for an agent to be told of.
  public List<Tool> tools(Set<String> names) {
    return tools.values().stream()
        .map(Entry::tool)
        .filter(tool -> names.contains(tool.name()))
        .toList();
  }

  /// How many tool calls one phone call may have.
  public int perCall() {
    return settings.perCall();
  }

  /// Emits one answer, never fails, and is done at the latest some seconds after the tool's
  /// deadline. Cancelled, it stops.
  ///
  /// @param allowed the names that this agent may use
  public Mono<ToolAnswer> use(
      UUID callId,
      String toolCallId,
      String name,
      Map<String, Object> arguments,
      Set<String> allowed) {
    Entry entry = allowed.contains(name) ? tools.get(name) : null;
    if (entry == null) {
      return Mono.just(ToolAnswer.of(How.UNKNOWN, "There is no tool of that name here."));
    }
    long began = System.nanoTime();
    return Mono.defer(() -> checked(entry, callId, toolCallId, arguments))
        .subscribeOn(threads)
        .timeout(entry.tool().deadline().plus(SLACK), Mono.fromSupplier(ToolBox::late))
        .onErrorResume(e -> {
          LOG.warn("call {}: the tool {} could not be used: {}", callId, name, where(e));
          return Mono.just(failed());
        })
        .doOnNext(
            answer -> meters.used(name, answer.how(), Duration.ofNanos(System.nanoTime() - began)));
  }

  private Mono<ToolAnswer> checked(
      Entry entry, UUID callId, String toolCallId, Map<String, Object> arguments) {
    JsonNode json = JsonMapper.shared().valueToTree(arguments);
    if (toolCallId.isBlank()
        || toolCallId.length() > 200
        || toolCallId.indexOf('\0') >= 0
        || json.toString().length() > ArgumentCheck.MAX_CHARACTERS) {
      return Mono.just(ToolAnswer.of(How.INVALID, "The tool call is too long, or has no id."));
    }
    ToolUse use = new ToolUse(callId, toolCallId, entry.tool().name(), json);
    return entry
        .check()
        .problem(json)
        .map(problem -> Mono.just(ToolAnswer.of(How.INVALID, "Not possible: " + problem)))
        .orElseGet(() -> joined(entry, use));
  }

  /// One that is under way here is waited for by all who ask, and cancelled when none is left.
  private Mono<ToolAnswer> joined(Entry entry, ToolUse use) {
    ToolUse.Key key = use.key();
    return underWay.computeIfAbsent(
        key,
        _ ->
            Mono.defer(() -> begun(entry, use))
                .doFinally(_ -> underWay.remove(key))
                .flux()
                .replay(1)
                .refCount()
                .next());
  }

  private Mono<ToolAnswer> begun(Entry entry, ToolUse use) {
    Duration deadline = entry.tool().deadline();
    UUID runner = UUID.randomUUID();
    return Mono.defer(() -> ledger.begin(use, runner, deadline.plus(SLACK), settings.perCall()))
        .onErrorResume(e -> {
          LOG.warn("call {}: no ledger for the tool {}: {}", use.callId(), use.name(), where(e));
          return Mono.empty();
        })
        .publishOn(threads)
        .map(begun -> turn(entry, use, runner, begun))
        .defaultIfEmpty(Mono.defer(() -> withoutLedger(entry, use)))
        .flatMap(answer -> answer)
        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, AGAIN).filter(Elsewhere.class::isInstance))
        .timeout(deadline.plus(ToolLedger.TIMEOUT), Mono.fromSupplier(ToolBox::late));
  }

  private Mono<ToolAnswer> turn(Entry entry, ToolUse use, UUID runner, Begun begun) {
    return switch (begun.turn()) {
      case RUN ->
          run(entry, use)
              .delayUntil(answer ->
                  ledger
                      .done(use, runner, answer.result())
                      .onErrorResume(e -> {
                        LOG.warn(
                            "call {}: a tool's result is not stored: {}", use.callId(), where(e));
                        return Mono.empty();
                      }));
      case BUSY -> Mono.error(new Elsewhere());
      case DONE -> Mono.just(ToolAnswer.of(Objects.requireNonNull(begun.known())));
      case SPENT -> Mono.just(ToolAnswer.of(How.SPENT, "No more tools can be used in this call."));
      case OTHER ->
          Mono.just(ToolAnswer.of(How.INVALID, "This tool call's id was used for another one."));
    };
  }

  /// The database is away: what changes something might be done twice.
  private Mono<ToolAnswer> withoutLedger(Entry entry, ToolUse use) {
    return entry.tool().isReadOnly()
        ? run(entry, use)
        : Mono.just(
            ToolAnswer.of(
                How.UNAVAILABLE,
                "This cannot be done at the moment. Offer to try again in a minute."));
  }

  private Mono<ToolAnswer> run(Entry entry, ToolUse use) {
    Tool tool = entry.tool();
    Mono<ToolResult> run =
        Mono.defer(() -> tool.run(use.request()))
            .switchIfEmpty(Mono.error(() -> new IllegalStateException("it gave no result")))
            .timeout(tool.deadline());
    return entry
        .gate()
        .pass(run)
        .map(ToolBox::bounded)
        .onErrorResume(e ->
            switch (e) {
              case TimeoutException _ -> Mono.just(late());
              case ToolException known -> {
                LOG.warn("call {}: {}: {}", use.callId(), tool.name(), known.words());
                yield Mono.just(ToolAnswer.of(How.FAILED, known.words()));
              }
              default -> {
                // Its message may hold what was said.
                LOG.warn("call {}: the tool {} failed: {}", use.callId(), tool.name(), where(e));
                yield Mono.just(failed());
              }
            });
  }

  private static String where(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private static ToolAnswer late() {
    return ToolAnswer.of(
        How.TIMED_OUT, "It took too long. It is not known whether it was done: do not promise it.");
  }

  private static ToolAnswer failed() {
    return ToolAnswer.of(How.FAILED, "It does not work at the moment.");
  }

  /// The database takes no zero characters.
  private static ToolAnswer bounded(ToolAnswer answer) {
    String text = answer.result().text().replace('\0', ' ');
    String cut = text.substring(0, Math.min(text.length(), MAX_RESULT));
    return new ToolAnswer(new ToolResult(cut, answer.result().isError()), answer.how());
  }

  @Override
  public void destroy() {
    threads.dispose();
  }

  /// Another instance runs it.
  private static final class Elsewhere extends RuntimeException {
    Elsewhere() {
      super("another instance runs it", null, false, false);
    }
  }
}
