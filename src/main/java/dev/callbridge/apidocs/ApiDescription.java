package dev.callbridge.apidocs;

import dev.callbridge.apidocs.OperationNotes.Note;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Completes what springdoc reads from the code: what each operation is for, examples, how one
/// shows who one is, and what every refusal looks like.
@Configuration(proxyBeanMethods = false)
class ApiDescription {

  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  @Bean
  OpenAPI description() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Callbridge")
                .version("v1")
                .description("A phone call and a voice agent on the same line.")
                .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
        .components(
            new Components()
                .addSecuritySchemes(
                    "key",
                    new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name("X-API-Key"))
                .addSecuritySchemes(
                    "bearer", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"))
                .addSchemas("Problem", problem()))
        .addSecurityItem(new SecurityRequirement().addList("key"))
        .addSecurityItem(new SecurityRequirement().addList("bearer"));
  }

  @Bean
  OpenApiCustomizer notes() {
    OperationNotes notes = OperationNotes.read();
    return api ->
        api.getPaths()
            .forEach((path, item) ->
                item.readOperationsMap()
                    .forEach((method, operation) -> {
                      notes.of(method.name(), path).ifPresent(note -> describe(operation, note));
                      refusals(operation);
                    }));
  }

  private static void describe(Operation operation, Note note) {
    operation.setTags(List.of(note.tag()));
    operation.summary(note.summary()).description(note.description());
    if (!note.query().isEmpty()) {
      operation.setParameters(
          Stream.concat(
                  Stream.ofNullable(operation.getParameters())
                      .flatMap(List::stream)
                      .filter(it -> !"query".equals(it.getIn())),
                  note.query().entrySet().stream().map(ApiDescription::parameter))
              .toList());
    }
    if (note.request() != null) {
      operation.requestBody(
          new RequestBody()
              .required(true)
              .content(content(JSON, new ObjectSchema(), note.request())));
    }
    ApiResponses responses = operation.getResponses();
    ApiResponse answer = responses.remove("200");
    if (answer == null) {
      return;
    }
    answer.setDescription("OK");
    if (note.response() != null && answer.getContent() != null) {
      answer.getContent().values().forEach(media -> media.example(note.response()));
    }
    responses.addApiResponse(note.status(), answer);
  }

  private static Parameter parameter(Map.Entry<String, String> note) {
    return new QueryParameter()
        .name(note.getKey())
        .description(note.getValue())
        .schema(new StringSchema());
  }

  private static void refusals(Operation operation) {
    Content content = content(PROBLEM, new Schema<>().$ref("Problem"), null);
    operation
        .getResponses()
        .addApiResponse("default", new ApiResponse().description("Refused").content(content));
  }

  private static Content content(String type, Schema<?> schema, @Nullable Object example) {
    MediaType media = new MediaType().schema(schema);
    return new Content().addMediaType(type, example == null ? media : media.example(example));
  }

  /// RFC 9457.
  private static Schema<?> problem() {
    return new ObjectSchema()
        .addProperty("title", new StringSchema())
        .addProperty("status", new IntegerSchema())
        .addProperty("detail", new StringSchema())
        .addProperty("instance", new StringSchema());
  }
}
