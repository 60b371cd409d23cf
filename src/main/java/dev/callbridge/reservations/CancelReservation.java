package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

@Component
class CancelReservation implements Tool {

  private final GuestTools tools;

  CancelReservation(GuestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "cancel_reservation";
  }

  @Override
  public String description() {
    return "Cancels a reservation. Needs its code, and the guest's name or telephone number. Ask whether they are sure first.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("code"), Schemas.CODE, Schemas.GUEST, Schemas.PHONE, Schemas.RESTAURANT);
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.once(
        request,
        name(),
        Mono.defer(() -> tools.restaurant(request, arguments))
            .flatMap(restaurant ->
                tools
                    .reservation(restaurant, arguments)
                    .map(found -> new Ready(restaurant, found))),
        this::cancel);
  }

  private record Ready(Restaurant restaurant, Reservation found) {}

  private Mono<String> cancel(Ready ready) {
    return close(ready.found())
        .map(closed -> {
          ObjectNode told = GuestTools.told("cancelled", ready.restaurant(), closed);
          told.put("say", "Cancelled: " + GuestTools.table(ready.restaurant(), closed) + ".");
          return told.toString();
        });
  }

  /// One that is cancelled is what was wanted.
  private Mono<Reservation> close(Reservation found) {
    return found.status() == Reservation.Status.CANCELLED
        ? Mono.just(found)
        : tools
            .book
            .close(found.id(), Reservation.Status.CANCELLED)
            .switchIfEmpty(
                Mono.error(() -> Refusal.conflict("That reservation is not open any more.")));
  }
}
