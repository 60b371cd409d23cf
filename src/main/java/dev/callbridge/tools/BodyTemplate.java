package dev.callbridge.tools;

import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JSON document whose strings may hold arguments. It is filled as a tree and not as text: a
/// value stays a value, whatever is in it.
final class BodyTemplate {

  private final JsonNode template;

  /// @throws IllegalArgumentException when it is not JSON
  BodyTemplate(String body) {
    try {
      template = JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("its body is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    collect(template, names);
    return names;
  }

  private static void collect(JsonNode node, Set<String> names) {
    if (node.isString()) {
      names.addAll(Placeholders.in(node.asString()));
    }
    node.forEach(child -> collect(child, names));
  }

  /// A string that is nothing but `{name}` becomes that argument, of whatever type; a property
  /// whose argument is not given is left out.
  String fill(JsonNode values) {
    return fill(template, values).toString();
  }

  private static JsonNode fill(JsonNode node, JsonNode values) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    if (node.isString()) {
      String only = Placeholders.only(node.asString());
      return only != null
          ? values.path(only)
          : make.stringNode(Placeholders.fill(node.asString(), name -> text(values.path(name))));
    } else if (node.isObject()) {
      ObjectNode filled = make.objectNode();
      node.forEachEntry((name, child) -> {
        JsonNode value = fill(child, values);
        if (!value.isMissingNode()) {
          filled.set(name, value);
        }
      });
      return filled;
    } else if (node.isArray()) {
      ArrayNode filled = make.arrayNode();
      for (JsonNode child : node) {
        JsonNode value = fill(child, values);
        if (!value.isMissingNode()) {
          filled.add(value);
        }
      }
      return filled;
    }
    return node;
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "" : value.isValueNode() ? value.asString() : value.toString();
  }
}
