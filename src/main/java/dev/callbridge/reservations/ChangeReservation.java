package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

@Component
class ChangeReservation implements Tool {

  private final GuestTools tools;

  ChangeReservation(GuestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "change_reservation";
  }

  @Override
  public String description() {
    return "Moves a reservation to another day, time or number of people; what is not given stays. Needs its code, and the guest's name or telephone number.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("code"),
        Schemas.CODE,
        Schemas.GUEST,
        Schemas.PHONE,
        Schemas.DATE,
        Schemas.TIME,
        Schemas.PARTY,
        Schemas.RESTAURANT);
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
                    .flatMap(found -> ready(restaurant, found, arguments))),
        this::move);
  }

  private record Ready(Restaurant restaurant, Reservation found, Instant start, int party) {}

  private Mono<Ready> ready(Restaurant restaurant, Reservation found, Arguments arguments) {
    if (found.status() != Reservation.Status.BOOKED) {
      return Mono.error(Refusal.conflict("That reservation is not open any more."));
    }
    Instant start = start(restaurant, found, arguments);
    int party = arguments.has("party_size") ? arguments.party() : found.partySize();
    restaurant.check(start, party, tools.now());
    return tools
        .checkFree(restaurant, start, party, found)
        .thenReturn(new Ready(restaurant, found, start, party));
  }

  private Mono<String> move(Ready ready) {
    Restaurant restaurant = ready.restaurant();
    return tools
        .book
        .move(restaurant, ready.found().id(), ready.start(), ready.party())
        .switchIfEmpty(tools.isFull(restaurant, ready.start(), ready.party(), ready.found()))
        .map(moved -> {
          ObjectNode told = GuestTools.told("changed", restaurant, moved);
          told.put(
              "say",
              "Changed: it is now %s. The code stays %s."
                  .formatted(GuestTools.table(restaurant, moved), Words.spelled(moved.code())));
          return told.toString();
        });
  }

  private static Instant start(Restaurant restaurant, Reservation found, Arguments arguments) {
    if (!arguments.has("date") && !arguments.has("time")) {
      return found.starts();
    }
    var before = found.starts().atZone(restaurant.zone());
    LocalDate day = arguments.has("date") ? arguments.date() : before.toLocalDate();
    LocalTime time =
        arguments.has("time") ? Times.time(arguments.required("time", 20)) : before.toLocalTime();
    return restaurant.at(day.atTime(time));
  }
}
