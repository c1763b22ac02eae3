package dev.midge.load;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Elements of SVG and HTML in the making: whatever is put between or into them is text and stays
/// text. Used by one thread.
final class Markup {

  private static final XMLOutputFactory WRITERS = XMLOutputFactory.newFactory();

  private final StringWriter written = new StringWriter();
  private final XMLStreamWriter out;

  Markup() {
    try {
      this.out = WRITERS.createXMLStreamWriter(written);
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  /// An element with what `inner` puts into it.
  ///
  /// @param attributes names, each followed by its value
  Markup element(String name, Runnable inner, Object... attributes) {
    begin(name, attributes);
    inner.run();
    try {
      out.writeEndElement();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /// An element with a text.
  Markup element(String name, String text, Object... attributes) {
    return element(
        name,
        () -> {
          try {
            out.writeCharacters(text);
          } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
          }
        },
        attributes);
  }

  /// What is markup already.
  Markup markup(String text) {
    try {
      out.writeCharacters(""); // Ends the tag that is open.
      out.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    written.write(text);
    return this;
  }

  private void begin(String name, Object... attributes) {
    try {
      out.writeStartElement(name);
      for (int i = 0; i < attributes.length; i += 2) {
        out.writeAttribute(attributes[i].toString(), attributes[i + 1].toString());
      }
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    try {
      out.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return written.toString();
  }
}
