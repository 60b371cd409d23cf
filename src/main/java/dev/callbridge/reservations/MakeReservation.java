package dev.callbridge.reservations;

import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

@Component
class MakeReservation implements Tool {

  private final GuestTools tools;
  private final CallStore calls;

  MakeReservation(GuestTools tools, CallStore calls) {
    this.tools = tools;
    this.calls = calls;
  }

  @Override
  public String name() {
    return "make_reservation";
  }

  @Override
  public String description() {
    return "Books a table. Ask for day, time, how many people and the name first, and say the code that comes back: it is needed to change or cancel.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("date", "time", "party_size", "guest_name"),
        Schemas.DATE,
        Schemas.TIME,
        Schemas.PARTY,
        Schemas.GUEST,
        Schemas.text(
            "phone", 40, "The guest's telephone number; without it, the number of this call"),
        Schemas.NOTE,
        Schemas.RESTAURANT);
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.once(
        request,
        name(),
        Mono.defer(() -> tools.restaurant(request, arguments))
            .flatMap(restaurant -> ready(restaurant, arguments, request)),
        ready -> make(ready, request));
  }

  private record Ready(Restaurant restaurant, Booking booking) {}

  private Mono<Ready> ready(Restaurant restaurant, Arguments arguments, ToolRequest request) {
    String name = arguments.required("guest_name", 100);
    String note = arguments.text("note", 500);
    Instant start = restaurant.at(arguments.dateTime());
    int party = arguments.party();
    restaurant.check(start, party, tools.now());
    return tools
        .checkFree(restaurant, start, party, null)
        .then(phone(arguments, request.callId()))
        .map(phone -> new Ready(restaurant, new Booking(start, party, name, phone, note)));
  }

  private Mono<String> make(Ready ready, ToolRequest request) {
    Restaurant restaurant = ready.restaurant();
    Booking booking = ready.booking();
    return tools
        .book
        .make(restaurant, booking, Booking.Origin.call(request.callId(), request.toolCallId()))
        .switchIfEmpty(tools.isFull(restaurant, booking.start(), booking.party(), null))
        .map(made -> {
          ObjectNode told = GuestTools.told("booked", restaurant, made);
          told.put(
              "say",
              "Booked: %s, under the name %s. The code is %s."
                  .formatted(
                      GuestTools.table(restaurant, made),
                      made.guestName(),
                      Words.spelled(made.code())));
          return told.toString();
        });
  }

  /// Hidden numbers are not numbers, and a call from a page of ours has none.
  private Mono<String> phone(Arguments arguments, UUID callId) {
    String given = arguments.phone();
    return given != null
        ? Mono.just(given)
        : calls
            .find(callId)
            .map(call ->
                call.plan().direction() == Direction.INBOUND
                    ? call.plan().from()
                    : call.plan().to())
            .filter(number -> number.matches("\\+[1-9][0-9]{6,14}"))
            .switchIfEmpty(
                Mono.error(() -> new Refusal("phone", "Ask for a telephone number first.")));
  }
}
