package dev.callbridge.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// What a parser finds in a document is what was put into it, and nothing that was not.
final class TwiMLTests {

  private static final TwiML.Sentence SORRY = new TwiML.Sentence("Sorry.", "en-US");

  static Stream<String> hostile() {
    return Stream.of(
        "\"/><Hangup/><Say x=\"",
        "'><Dial>+1900</Dial>",
        "</Parameter></Stream></Connect><Hangup/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "]]&gt;",
        "<?xml version='1.0'?>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "&x;",
        "&#60;Hangup/&#62;",
        "&amp;lt;",
        "\" ' & < >",
        "\uD83D\uDCDE\uD83D\uDE00",
        "Ünï çödé 中文",
        "a\u0000b\u0001c\u001Fd\u007Fe\u0085f\uFFFEg\uFFFFh",
        "lone \uD83D and \uDCDE halves",
        "{{name}}",
        "${jndi:ldap://x}",
        "x".repeat(300));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aParameterIsOnlyEverAParameter(String text) {
    Element root = parse(TwiML.connect(stream(Map.of("name", text, text, "v"), SORRY)));

    Element stream = only(only(root, "Connect"), "Stream");
    Map<String, String> found = new TreeMap<>();
    children(stream).forEach(p -> found.put(p.getAttribute("name"), p.getAttribute("value")));
    assertThat(found).isEqualTo(new TreeMap<>(Map.of("name", carried(text), carried(text), "v")));
    assertThat(names(stream)).allMatch("Parameter"::equals);
    assertThat(names(root)).containsExactly("Connect", "Say", "Hangup");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aSentenceIsOnlyEverSpoken(String text) {
    TwiML.Sentence hostile = new TwiML.Sentence(text, text);
    for (Element root :
        List.of(
            parse(TwiML.say(hostile)), parse(TwiML.connect(stream(Map.of(), SORRY), hostile)))) {
      Element say = children(root).getFirst();
      assertThat(say.getTagName()).isEqualTo("Say");
      assertThat(say.getTextContent()).isEqualTo(carried(text));
      assertThat(say.getAttribute("language")).isEqualTo(carried(text));
      assertThat(children(say)).isEmpty();
    }
    Element dial = parse(TwiML.dial(hostile, text, hostile));
    assertThat(names(dial)).containsExactly("Say", "Dial", "Say", "Hangup");
    assertThat(only(only(dial, "Dial"), "Number").getTextContent()).isEqualTo(carried(text));
  }

  @Test
  void whiteSpaceInAParameterBecomesSpaces() {
    Element root = parse(TwiML.connect(stream(Map.of("v", "a\tb\nc\rd"), SORRY)));

    assertThat(children(only(only(root, "Connect"), "Stream")).getFirst().getAttribute("value"))
        .isEqualTo("a b c d");
  }

  @Test
  void aStreamSaysWhereItGoesAndWhatComesAfter() {
    Element root = parse(TwiML.connect(stream(Map.of("callId", "1"), SORRY)));

    Element connect = only(root, "Connect");
    assertThat(connect.getAttribute("action")).isEqualTo("https://a.example/after?call=1&x=2");
    assertThat(connect.getAttribute("method")).isEqualTo("POST");
    Element stream = only(connect, "Stream");
    assertThat(stream.getAttribute("url")).isEqualTo("wss://a.example/twilio/media/t");
    assertThat(stream.getAttribute("statusCallback")).isEqualTo("https://a.example/status");
    assertThat(stream.getAttribute("statusCallbackMethod")).isEqualTo("POST");
  }

  @Test
  void aParameterThatIsTooLongForTwilioIsLeftOut() {
    String longest = "x".repeat(TwiML.MAX_PARAMETER_LENGTH - 1);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("a", longest);
    parameters.put("b", longest + "x");
    parameters.put("c", "1");
    Element root = parse(TwiML.connect(stream(parameters, SORRY)));

    assertThat(
            children(only(only(root, "Connect"), "Stream")).stream()
                .map(p -> p.getAttribute("name")))
        .containsExactly("a", "c");
  }

  @Test
  void hangingUpIsNothingElse() {
    assertThat(names(parse(TwiML.hangUp()))).containsExactly("Hangup");
  }

  private static TwiML.Stream stream(Map<String, String> parameters, TwiML.Sentence lost) {
    return new TwiML.Stream(
        URI.create("https://a.example/after?call=1&x=2"),
        URI.create("wss://a.example/twilio/media/t"),
        URI.create("https://a.example/status"),
        parameters,
        lost);
  }

  /// The text without what XML 1.0 cannot carry.
  private static String carried(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "")
        .replaceAll(
            "(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]|[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])", "");
  }

  private static Element parse(String document) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Element root =
          factory
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(document)))
              .getDocumentElement();
      assertThat(root.getTagName()).isEqualTo("Response");
      return root;
    } catch (Exception e) {
      throw new AssertionError("not XML: " + document, e);
    }
  }

  private static Element only(Element parent, String name) {
    return children(parent).stream()
        .filter(child -> child.getTagName().equals(name))
        .reduce((_, _) -> {
          throw new AssertionError("more than one " + name);
        })
        .orElseThrow();
  }

  private static List<String> names(Element parent) {
    return children(parent).stream().map(Element::getTagName).toList();
  }

  private static List<Element> children(Element parent) {
    NodeList nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeType() == Node.ELEMENT_NODE)
        .map(Element.class::cast)
        .toList();
  }
}
