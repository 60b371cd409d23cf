package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

@Component
class DeclineReservation implements Tool {

  private final RequestTools tools;

  DeclineReservation(RequestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "decline_reservation";
  }

  @Override
  public String description() {
    return "The restaurant has said clearly that it has no table for the guest, and offers no other time.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("reason"), Schemas.text("reason", 200, "What it said, in a few words"));
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.once(
        request,
        name(),
        Mono.defer(() -> tools.request(request)),
        it ->
            tools
                .decline(it, arguments.required("reason", 200))
                .thenReturn(
                    RequestTools.told(
                            "declined", "The guest will be told. Thank them all the same.")
                        .toString()));
  }
}
