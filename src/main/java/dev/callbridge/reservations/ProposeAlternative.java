package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Agrees to nothing: says whether an offer may be agreed to.
@Component
class ProposeAlternative implements Tool {

  private final RequestTools tools;

  ProposeAlternative(RequestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "propose_alternative";
  }

  @Override
  public String description() {
    return "The restaurant offers another day or time than was asked for. Says whether the guest allows it; if so, accept it and use confirm_reservation.";
  }

  @Override
  public String parameters() {
    return Schemas.object(List.of("date", "time"), Schemas.DATE, Schemas.TIME, Schemas.PARTY);
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.answer(
        request, Mono.defer(() -> tools.request(request)).flatMap(it -> propose(it, arguments)));
  }

  private Mono<String> propose(ReservationRequest request, Arguments arguments) {
    tools.checkParty(request, arguments);
    Instant at = Times.at(arguments.dateTime(), request.zone());
    return request.allows(at)
        ? Mono.just(
            RequestTools.told(
                    "allowed",
                    "%s is fine with the guest. Accept it, then use confirm_reservation."
                        .formatted(Words.when(at, request.zone())))
                .toString())
        : tools
            .requests
            .offered(request.id(), at)
            .then(Mono.error(() -> RequestTools.outside(request, at)));
  }
}
