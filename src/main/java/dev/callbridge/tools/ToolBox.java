package dev.callbridge.tools;

import dev.callbridge.tools.ToolAnswer.How;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All that agents may do, and the one way to have it done.
///
/// Whatever happens, a tool call has one answer: of a tool that hangs, one that fails and one that
/// is not there too. It runs once however often it comes, at the same time and on other instances
/// too; after a crash in the middle it runs again, under the same id.
@Component
public final class ToolBox implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private static final int THREADS = 4;
  private static final int MAX_WAITING = 1_000;

  private final ToolSettings settings;
  private final ToolMeters meters;
  private final Map<String, Entry> tools = new TreeMap<>();
  private final Scheduler threads = Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "tools");

  private final ToolRuns runs;

  private record Entry(Tool tool, ArgumentCheck check, ToolGate gate) {}

  /// @throws IllegalStateException when two have one name, or one has none that agents can call
  ToolBox(
      List<Tool> beans,
      HttpTools http,
      ToolSettings settings,
      ToolLedger ledger,
      ToolMeters meters) {
    this.settings = settings;
    this.meters = meters;
    runs = new ToolRuns(ledger, settings.perCall(), threads);
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
        .timeout(entry.tool().deadline().plus(ToolRuns.SLACK), Mono.fromSupplier(ToolAnswer::late))
        .onErrorResume(e -> {
          LOG.warn("call {}: the tool {} could not be used: {}", callId, name, ToolRuns.where(e));
          return Mono.just(ToolAnswer.failed());
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
        .orElseGet(() -> runs.of(entry.tool(), entry.gate(), use));
  }

  @Override
  public void destroy() {
    threads.dispose();
  }
}
