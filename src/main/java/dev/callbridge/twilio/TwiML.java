package dev.callbridge.twilio;

import java.io.StringWriter;
import java.net.URI;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The TwiML documents that Callbridge answers with. Every value is escaped by the writer;
/// characters that XML cannot carry are left out.
public final class TwiML {

  /// The JDK's own: others on the class path refuse or repair what this one leaves to us.
  private static final XMLOutputFactory XML = XMLOutputFactory.newDefaultFactory();

  /// Twilio's bound on the name and value of a `<Parameter>` together.
  static final int MAX_PARAMETER_LENGTH = 499;

  private TwiML() {}

  /// A `<Connect><Stream>`, and what is spoken should nobody be there to say what comes next.
  ///
  /// @param action asked for the next document when the stream is over
  /// @param url `wss`, without a query string, which Twilio would drop
  /// @param parameters come back in `start`; one that is too long for Twilio is left out
  public record Stream(
      URI action, URI url, URI statusCallback, Map<String, String> parameters, Sentence lost) {}

  /// @param language such as `en-US`
  public record Sentence(String text, String language) {}

  public static String connect(Stream stream) {
    return response(xml -> writeConnect(xml, stream));
  }

  /// The same, after a sentence.
  public static String connect(Stream stream, Sentence first) {
    return response(xml -> {
      writeSay(xml, first);
      writeConnect(xml, stream);
    });
  }

  private static void writeConnect(XMLStreamWriter xml, Stream stream) throws XMLStreamException {
    xml.writeStartElement("Connect");
    xml.writeAttribute("action", clean(stream.action().toString()));
    xml.writeAttribute("method", "POST");
    xml.writeStartElement("Stream");
    xml.writeAttribute("url", clean(stream.url().toString()));
    xml.writeAttribute("statusCallback", clean(stream.statusCallback().toString()));
    xml.writeAttribute("statusCallbackMethod", "POST");
    for (var parameter : stream.parameters().entrySet()) {
      writeParameter(xml, clean(parameter.getKey()), clean(parameter.getValue()));
    }
    xml.writeEndElement();
    xml.writeEndElement();
    writeSay(xml, stream.lost());
    xml.writeEmptyElement("Hangup");
  }

  /// Speaks and hangs up.
  public static String say(Sentence sentence) {
    return response(xml -> {
      writeSay(xml, sentence);
      xml.writeEmptyElement("Hangup");
    });
  }

  /// Speaks and then asks for the next document, which is the proof that it was spoken to the end.
  public static String say(Sentence sentence, URI next) {
    return response(xml -> {
      writeSay(xml, sentence);
      xml.writeStartElement("Redirect");
      xml.writeAttribute("method", "POST");
      xml.writeCharacters(clean(next.toString()));
      xml.writeEndElement();
    });
  }

  /// Speaks and hands the caller to a person, with what is said when nobody answers there.
  public static String dial(Sentence sentence, String number, Sentence unanswered) {
    return response(xml -> {
      writeSay(xml, sentence);
      xml.writeStartElement("Dial");
      xml.writeAttribute("answerOnBridge", "true");
      xml.writeAttribute("timeout", "20");
      xml.writeStartElement("Number");
      xml.writeCharacters(clean(number));
      xml.writeEndElement();
      xml.writeEndElement();
      writeSay(xml, unanswered);
      xml.writeEmptyElement("Hangup");
    });
  }

  /// Speaks and hands the caller to a person, who is told something first.
  ///
  /// @param whisper asked for a document that the person hears before the caller
  /// @param next asked for the next document when the person has hung up or did not answer
  public static String transfer(Sentence sentence, String number, URI whisper, URI next) {
    return response(xml -> {
      writeSay(xml, sentence);
      xml.writeStartElement("Dial");
      xml.writeAttribute("answerOnBridge", "true");
      xml.writeAttribute("timeout", "20");
      xml.writeAttribute("action", clean(next.toString()));
      xml.writeAttribute("method", "POST");
      xml.writeStartElement("Number");
      xml.writeAttribute("url", clean(whisper.toString()));
      xml.writeAttribute("method", "POST");
      xml.writeCharacters(clean(number));
      xml.writeEndElement();
      xml.writeEndElement();
    });
  }

  /// Speaks, and nothing more.
  public static String speak(Sentence sentence) {
    return response(xml -> writeSay(xml, sentence));
  }

  public static String nothing() {
    return response(_ -> {});
  }

  public static String hangUp() {
    return response(xml -> xml.writeEmptyElement("Hangup"));
  }

  private static void writeParameter(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    if (name.length() + value.length() <= MAX_PARAMETER_LENGTH) {
      xml.writeEmptyElement("Parameter");
      xml.writeAttribute("name", name);
      xml.writeAttribute("value", value);
    }
  }

  private static void writeSay(XMLStreamWriter xml, Sentence sentence) throws XMLStreamException {
    xml.writeStartElement("Say");
    xml.writeAttribute("language", clean(sentence.language()));
    xml.writeCharacters(clean(sentence.text()));
    xml.writeEndElement();
  }

  private static String response(Body body) {
    StringWriter document = new StringWriter(512);
    try {
      XMLStreamWriter xml = XML.createXMLStreamWriter(document);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("Response");
      body.write(xml);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string cannot fail to be written to", e);
    }
    return document.toString();
  }

  /// Without what XML 1.0 has no way to write, lone surrogates included.
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().filter(TwiML::isXmlCharacter).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isXmlCharacter(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  private interface Body {
    void write(XMLStreamWriter xml) throws XMLStreamException;
  }
}
