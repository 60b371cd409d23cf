package dev.callbridge.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import reactor.core.publisher.Mono;

/// Every route that the application answers, read from what Spring dispatches by.
final class RouteTable {

  record Route(String method, String pattern) {

    /// One address that the pattern stands for.
    String path() {
      return pattern
          .replaceAll("\\{[^}]*}", UUID.randomUUID().toString())
          .replace("**", "anything")
          .replace("*", "anything");
    }

    boolean isUnder(String... prefixes) {
      return Stream.of(prefixes)
          .anyMatch(prefix -> pattern.equals(prefix) || pattern.startsWith(prefix + "/"));
    }

    boolean isUnsafe() {
      return !method.equals("GET");
    }
  }

  private RouteTable() {}

  static List<Route> of(ApplicationContext context) {
    List<Route> routes = new ArrayList<>();
    context
        .getBeansOfType(HandlerMapping.class)
        .forEach((name, mapping) -> {
          switch (mapping) {
            case RequestMappingInfoHandlerMapping controllers ->
                controllers.getHandlerMethods().keySet().forEach(info -> add(info, routes));
            case RouterFunctionMapping functions -> {
              if (functions.getRouterFunction() != null) {
                functions.getRouterFunction().accept(new Reader(routes));
              }
            }
            case AbstractUrlHandlerMapping urls ->
                urls.getHandlerMap()
                    .keySet()
                    .forEach(pattern -> routes.add(new Route("GET", pattern.getPatternString())));
            default ->
                throw new AssertionError(
                    name + " is of a kind that is not read yet: " + mapping.getClass());
          }
        });
    return routes.stream().distinct().toList();
  }

  private static void add(RequestMappingInfo info, List<Route> routes) {
    for (var pattern : info.getPatternsCondition().getPatterns()) {
      var methods = info.getMethodsCondition().getMethods();
      if (methods.isEmpty()) {
        throw new AssertionError(pattern + " answers every method");
      }
      methods.forEach(method -> routes.add(new Route(method.name(), pattern.getPatternString())));
    }
  }

  /// Hears of a method first and of its path then.
  private static final class Reader implements RouterFunctions.Visitor, RequestPredicates.Visitor {

    private final List<Route> routes;
    private Set<HttpMethod> methods = Set.of();

    Reader(List<Route> routes) {
      this.routes = routes;
    }

    @Override
    public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
      predicate.accept(this);
    }

    @Override
    public void method(Set<HttpMethod> methods) {
      this.methods = methods;
    }

    @Override
    public void path(String pattern) {
      if (methods.isEmpty()) {
        throw new AssertionError(pattern + " answers every method, or says which one too late");
      }
      methods.forEach(method -> routes.add(new Route(method.name(), pattern)));
    }

    @Override
    public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
      routes.add(new Route("GET", "/**"));
    }

    @Override
    public void startNested(RequestPredicate predicate) {
      throw new AssertionError("nested routes are not read yet: " + predicate);
    }

    @Override
    public void unknown(RouterFunction<?> function) {
      throw new AssertionError("a router function that cannot be read: " + function);
    }

    @Override
    public void unknown(RequestPredicate predicate) {
      // Such as the welcome page's: it comes beside a path.
    }

    @Override
    public void endNested(RequestPredicate predicate) {}

    @Override
    public void attributes(Map<String, Object> attributes) {}

    @Override
    @SuppressWarnings("removal")
    public void pathExtension(String extension) {}

    @Override
    public void header(String name, String value) {}

    @Override
    public void queryParam(String name, String value) {}

    @Override
    public void version(String version) {}

    @Override
    public void startAnd() {}

    @Override
    public void and() {}

    @Override
    public void endAnd() {}

    @Override
    public void startOr() {}

    @Override
    public void or() {}

    @Override
    public void endOr() {}

    @Override
    public void startNegate() {}

    @Override
    public void endNegate() {}
  }
}
