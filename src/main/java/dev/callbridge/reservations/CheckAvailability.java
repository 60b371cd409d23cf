package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Component
class CheckAvailability implements Tool {

  private final GuestTools tools;

  CheckAvailability(GuestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "check_availability";
  }

  @Override
  public String description() {
    return "Whether a table is free at a time, or with no time given, at which times of that day. Books nothing.";
  }

  @Override
  public String parameters() {
    return Schemas.object(
        List.of("date", "party_size"),
        Schemas.DATE,
        Schemas.TIME,
        Schemas.PARTY,
        Schemas.RESTAURANT);
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    Arguments arguments = new Arguments(request.arguments());
    return tools.acts.answer(
        request,
        Mono.defer(() -> tools.restaurant(request, arguments))
            .flatMap(restaurant ->
                arguments.has("time") ? at(restaurant, arguments) : on(restaurant, arguments)));
  }

  private Mono<String> at(Restaurant restaurant, Arguments arguments) {
    Instant start = restaurant.at(arguments.dateTime());
    int party = arguments.party();
    restaurant.check(start, party, tools.now());
    return tools
        .checkFree(restaurant, start, party, null)
        .thenReturn(start)
        .map(free -> {
          ObjectNode told = answer(restaurant.day(free), party, true);
          told.put("time", Words.clock(free, restaurant.zone()));
          told.put(
              "say",
              "A table for %s is free on %s."
                  .formatted(Words.people(party), Words.when(free, restaurant.zone())));
          return told.toString();
        });
  }

  private Mono<String> on(Restaurant restaurant, Arguments arguments) {
    LocalDate day = arguments.date();
    int party = arguments.party();
    return tools
        .book
        .free(restaurant, party, restaurant.bookable(day, tools.now()), null)
        .map(free -> {
          ObjectNode told = answer(day, party, !free.isEmpty());
          ArrayNode times = told.putArray("times");
          free.forEach(at -> times.add(Words.clock(at, restaurant.zone())));
          if (restaurant.starts(day).isEmpty()) {
            told.put("say", restaurant.name() + " is closed on " + Words.day(day) + ".");
          } else if (free.isEmpty()) {
            told.put(
                "say",
                "No table for %s is free on %s.".formatted(Words.people(party), Words.day(day)));
          }
          return told.toString();
        });
  }

  private static ObjectNode answer(LocalDate day, int party, boolean available) {
    ObjectNode told = JsonMapper.shared().createObjectNode();
    told.put("available", available);
    told.put("date", day.toString());
    told.put("party_size", party);
    return told;
  }
}
