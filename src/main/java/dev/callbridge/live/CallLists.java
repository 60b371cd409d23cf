package dev.callbridge.live;

import dev.callbridge.call.CallFilter;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallResources;
import dev.callbridge.call.CallSearch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Calls that were looked for, newest first: a page of them, or all in one file.
@RestController
@RequestMapping(CallResource.PATH)
class CallLists {

  private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);

  private final CallSearch search;
  private final CallResources resources;

  CallLists(CallSearch search, CallResources resources) {
    this.search = search;
    this.resources = resources;
  }

  /// @param next the `before` of the next page, null on the last
  record CallPage(List<CallResource> calls, @Nullable UUID next) {}

  @GetMapping
  Mono<CallPage> list(@RequestParam MultiValueMap<String, String> parameters) {
    QueryReader.PageQuery query = new QueryReader(parameters).page();
    return page(query.filter(), query.before(), query.limit());
  }

  /// A file is made page by page, as fast as it is read. One that breaks off was not all.
  @GetMapping("/export")
  Mono<Void> export(
      @RequestParam MultiValueMap<String, String> parameters, ServerHttpResponse response) {
    CallFilter filter = new QueryReader(parameters).export();
    // An error before there is anything to send is still an answer of its own.
    return page(filter, null, QueryReader.MAX_PAGE)
        .flatMap(first -> {
          response.getHeaders().setContentType(CSV);
          response.getHeaders().set("Content-Disposition", "attachment; filename=\"calls.csv\"");
          Flux<String> rows =
              Mono.just(first)
                  .expand(page -> next(filter, page))
                  .map(page -> CallCsv.rows(page.calls()));
          return response.writeAndFlushWith(
              Flux.concat(Mono.just(CallCsv.HEADER), rows)
                  .map(text -> Mono.fromSupplier(() -> buffer(response, text))));
        });
  }

  private Mono<CallPage> next(CallFilter filter, CallPage page) {
    return page.next() == null ? Mono.empty() : page(filter, page.next(), QueryReader.MAX_PAGE);
  }

  private static DataBuffer buffer(ServerHttpResponse response, String text) {
    return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private Mono<CallPage> page(CallFilter filter, @Nullable UUID before, int limit) {
    return search
        .find(filter, before, limit + 1)
        .collectList()
        .flatMap(resources::of)
        .map(found ->
            found.size() <= limit
                ? new CallPage(found, null)
                : new CallPage(found.subList(0, limit), found.get(limit - 1).id()));
  }
}
