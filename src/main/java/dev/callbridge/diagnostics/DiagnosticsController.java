package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Would a call reach the agent right now?
@RestController
class DiagnosticsController {

  private final Assistants assistants;
  private final Steps steps;
  private final Clock clock = Clock.systemUTC();

  DiagnosticsController(Assistants assistants, Steps steps) {
    this.assistants = assistants;
    this.steps = steps;
  }

  /// @param name of the assistant whose agent a call would be for
  @GetMapping("/api/v1/diagnostics")
  Mono<ResponseEntity<Report>> diagnose(
      @RequestParam(name = "assistant", defaultValue = Assistants.DEFAULT) String name) {
    Assistant assistant = assistants.find(name).orElseThrow(this::unknown);
    return Examination.of(steps.of(assistant), assistant)
        .map(results -> Report.of(name, assistant.agentId(), clock.instant(), results))
        .map(report -> ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(report));
  }

  private ErrorResponseException unknown() {
    String problem = "is not one of " + assistants.names();
    ProblemDetail detail =
        ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "assistant " + problem);
    detail.setProperty("errors", List.of(Map.of("field", "assistant", "problem", problem)));
    return new ErrorResponseException(HttpStatus.BAD_REQUEST, detail, null);
  }
}
