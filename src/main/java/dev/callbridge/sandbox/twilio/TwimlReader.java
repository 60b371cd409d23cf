package dev.callbridge.sandbox.twilio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/// Reads TwiML as strictly as Twilio: well-formed XML whose root is `<Response>`, or 12100.
final class TwimlReader {
  private static final Map<String, Set<String>> ATTRIBUTES =
      Map.of(
          "Connect", Set.of("action", "method"),
          "Stream",
              Set.of(
                  "url",
                  "name",
                  "track",
                  "statusCallback",
                  "statusCallbackMethod",
                  "connectorName"),
          "Parameter", Set.of("name", "value"),
          "Redirect", Set.of("method"),
          "Hangup", Set.of(),
          "Pause", Set.of("length"),
          "Reject", Set.of("reason"));

  private final List<String> warnings = new ArrayList<>();

  private TwimlReader() {}

  /// @throws Fault 12100, where it is not TwiML
  static Twiml read(byte[] document, @Nullable String base) {
    var reader = new TwimlReader();
    Element root = parse(document);
    if (!root.getTagName().equals("Response")) {
      throw new Fault(12100, "the root is <" + root.getTagName() + ">, not <Response>");
    }
    List<Verb> verbs = children(root).stream().map(reader::verb).toList();
    return new Twiml(base, verbs, List.copyOf(reader.warnings));
  }

  private static Element parse(byte[] document) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler());
      return builder.parse(new ByteArrayInputStream(document)).getDocumentElement();
    } catch (SAXException e) {
      throw new Fault(12100, "not XML: " + e.getMessage());
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Verb verb(Element element) {
    checkAttributes(element);
    String method = attribute(element, "method", "POST");
    return switch (element.getTagName()) {
      case "Say" -> new Verb.Say(text(element));
      case "Play" -> new Verb.Play(text(element));
      case "Pause" -> new Verb.Pause(seconds(element, "length", 1));
      case "Redirect" -> new Verb.Redirect(text(element), method);
      case "Hangup" -> new Verb.Hangup();
      case "Reject" -> new Verb.Reject(attribute(element, "reason", "rejected"));
      case "Connect" -> new Verb.Connect(attribute(element, "action"), method, stream(element));
      case "Dial" ->
          new Verb.Dial(
              targets(element),
              whisper(element),
              attribute(element, "callerId"),
              seconds(element, "timeout", 30),
              attribute(element, "action"),
              method);
      default -> new Verb.Unsupported(element.getTagName());
    };
  }

  private Verb.@Nullable Stream stream(Element connect) {
    Verb.Stream stream = null;
    for (Element child : children(connect)) {
      if (child.getTagName().equals("Stream") && stream == null) {
        checkAttributes(child);
        stream =
            new Verb.Stream(
                attribute(child, "url", ""),
                attribute(child, "name"),
                attribute(child, "track"),
                attribute(child, "statusCallback"),
                attribute(child, "statusCallbackMethod", "POST"),
                parameters(child));
      } else {
        warnings.add("<Connect> holds <" + child.getTagName() + ">");
      }
    }
    return stream;
  }

  private Map<String, String> parameters(Element stream) {
    var parameters = new LinkedHashMap<String, String>();
    for (Element child : children(stream)) {
      checkAttributes(child);
      if (child.getTagName().equals("Parameter")) {
        parameters.put(attribute(child, "name", ""), attribute(child, "value", ""));
      } else {
        warnings.add("<Stream> holds <" + child.getTagName() + ">");
      }
    }
    return parameters;
  }

  private static List<String> targets(Element dial) {
    List<Element> nouns = children(dial);
    return nouns.isEmpty() ? List.of(text(dial)) : nouns.stream().map(TwimlReader::text).toList();
  }

  private static @Nullable String whisper(Element dial) {
    for (Element noun : children(dial)) {
      String url = attribute(noun, "url");
      if (url != null) {
        return url;
      }
    }
    return null;
  }

  private void checkAttributes(Element element) {
    Set<String> allowed = ATTRIBUTES.get(element.getTagName());
    var attributes = element.getAttributes();
    for (int i = 0; allowed != null && i < attributes.getLength(); i++) {
      String name = attributes.item(i).getNodeName();
      if (!allowed.contains(name)) {
        warnings.add("<" + element.getTagName() + "> has the attribute " + name);
      }
    }
  }

  private static List<Element> children(Element parent) {
    var children = new ArrayList<Element>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  private static String text(Element element) {
    return element.getTextContent().strip();
  }

  private Duration seconds(Element element, String name, int otherwise) {
    String text = attribute(element, name);
    try {
      return Duration.ofSeconds(text == null ? otherwise : Integer.parseUnsignedInt(text));
    } catch (NumberFormatException _) {
      warnings.add("<" + element.getTagName() + "> has " + name + "=\"" + text + "\"");
      return Duration.ofSeconds(otherwise);
    }
  }

  private static @Nullable String attribute(Element element, String name) {
    return element.hasAttribute(name) ? element.getAttribute(name) : null;
  }

  private static String attribute(Element element, String name, String otherwise) {
    return element.hasAttribute(name) ? element.getAttribute(name) : otherwise;
  }
}
