package dev.callbridge.reservations;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells what day it is at the restaurant too: agents are asked for a table "on Friday".
@Component
class RestaurantInfo implements Tool {

  private static final int DAYS = 14;

  private final GuestTools tools;

  RestaurantInfo(GuestTools tools) {
    this.tools = tools;
  }

  @Override
  public String name() {
    return "restaurant_info";
  }

  @Override
  public String description() {
    return "The restaurant's name, today's date there, its opening hours for the next two weeks and its rules for bookings.";
  }

  @Override
  public String parameters() {
    return Schemas.object(List.of(), Schemas.RESTAURANT);
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    return tools.acts.answer(
        request,
        Mono.defer(() -> tools.restaurant(request, new Arguments(request.arguments())))
            .map(this::info));
  }

  private String info(Restaurant restaurant) {
    LocalDate today = restaurant.day(tools.now());
    ObjectNode info = JsonMapper.shared().createObjectNode();
    info.put("name", restaurant.name());
    info.put("phone", restaurant.phone());
    info.put("today", Words.day(today));
    info.put("time_now", Words.clock(tools.now(), restaurant.zone()));
    info.put("time_zone", restaurant.zone().getId());
    info.put("smallest_party", restaurant.minParty());
    info.put("largest_party", restaurant.maxParty());
    info.put("table_is_kept_for", Words.duration(restaurant.stay()));
    info.put("book_at_least_before", Words.duration(restaurant.lead()));
    info.put("days_ahead", restaurant.daysAhead());
    ObjectNode hours = info.putObject("hours");
    today
        .datesUntil(today.plusDays(DAYS))
        .forEach(day -> hours.put(Words.day(day), hours(restaurant, day)));
    return info.toString();
  }

  private static String hours(Restaurant restaurant, LocalDate day) {
    List<OpeningHours.Span> spans = restaurant.hours().on(day);
    return spans.isEmpty()
        ? "closed"
        : spans.stream()
            .map(span -> span.opens() + " to " + span.closes())
            .collect(Collectors.joining(", "));
  }
}
