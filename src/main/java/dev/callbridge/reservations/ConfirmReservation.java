package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

@Component
class ConfirmReservation implements Tool {

  private final RequestTools tools;

  ConfirmReservation(RequestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "confirm_reservation";
  }

  @Override
  public String description() {
    return "The restaurant has agreed to the table for the guest. To be used once it has said so clearly, with the day and time that it agreed to.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("date", "time"),
        Schemas.DATE,
        Schemas.TIME,
        Schemas.PARTY,
        Schemas.text("reference", 100, "Its number or name for the booking, if it gave one"));
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.once(
        request,
        name(),
        Mono.defer(() -> tools.request(request)).flatMap(it -> ready(it, arguments)),
        ready ->
            tools
                .confirm(ready.request(), ready.at(), ready.reference())
                .map(it ->
                    RequestTools.told(
                            "confirmed",
                            "Confirmed for %s, %s, under the name %s. Thank them."
                                .formatted(
                                    Words.people(it.partySize()),
                                    Words.when(ready.at(), it.zone()),
                                    it.guestName()))
                        .toString()));
  }

  private record Ready(ReservationRequest request, Instant at, @Nullable String reference) {}

  /// What lies outside is remembered, so that a person sees what was to be had.
  private Mono<Ready> ready(ReservationRequest request, Arguments arguments) {
    tools.checkParty(request, arguments);
    Instant at = Times.at(arguments.dateTime(), request.zone());
    String reference = arguments.text("reference", 100);
    return request.allows(at)
        ? Mono.just(new Ready(request, at, reference))
        : tools
            .requests
            .offered(request.id(), at)
            .then(Mono.error(() -> RequestTools.outside(request, at)));
  }
}
