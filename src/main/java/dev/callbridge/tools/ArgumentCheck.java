package dev.callbridge.tools;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether arguments are what a tool takes. An agent says what its caller made it say.
final class ArgumentCheck {

  /// Arguments as JSON. Larger ones are not looked at.
  static final int MAX_CHARACTERS = 16 * 1024;

  private static final int MAX_ERRORS = 3;
  private static final int MAX_WORDS = 500;

  /// Fetches no schema of others.
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final Schema schema;

  /// @throws IllegalArgumentException when it is no schema of an object
  ArgumentCheck(String parameters) {
    try {
      JsonNode node = JsonMapper.shared().readTree(parameters);
      if (!"object".equals(node.path("type").asString(""))) {
        throw new IllegalArgumentException("its parameters are not a schema of type object");
      }
      schema = SCHEMAS.getSchema(node);
      schema.initializeValidators();
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "its parameters are not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /// What is wrong with them, in words for an agent.
  Optional<String> problem(JsonNode arguments) {
    try {
      return Optional.of(problems(arguments)).filter(problem -> !problem.isEmpty());
    } catch (JacksonException _) {
      // A number so large that the check itself cannot hold it.
      return Optional.of("one of the values is out of range");
    }
  }

  private String problems(JsonNode arguments) {
    String problem =
        schema.validate(arguments).stream()
            .limit(MAX_ERRORS)
            .map(ArgumentCheck::words)
            .collect(Collectors.joining("; "));
    return problem.substring(0, Math.min(problem.length(), MAX_WORDS));
  }

  private static String words(Error error) {
    String where = error.getInstanceLocation().toString();
    return where.isEmpty() || where.equals("$")
        ? error.getMessage()
        : where + " " + error.getMessage();
  }
}
