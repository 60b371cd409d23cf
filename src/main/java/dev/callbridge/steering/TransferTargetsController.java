package dev.callbridge.steering;

import dev.callbridge.assistants.TransferTargets;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Whom a call may be handed to. Their numbers are nobody's business here.
@RestController
@RequestMapping("/api/v1/transfer-targets")
class TransferTargetsController {

  private final TransferTargets targets;

  TransferTargetsController(TransferTargets targets) {
    this.targets = targets;
  }

  record Target(String name, String description) {}

  record Targets(List<Target> targets) {}

  @GetMapping
  Targets list() {
    return new Targets(
        targets.targets().entrySet().stream()
            .map(each -> new Target(each.getKey(), each.getValue().description()))
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .toList());
  }
}
