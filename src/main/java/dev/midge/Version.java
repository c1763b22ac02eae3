package dev.midge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// The version of Midge, as the build wrote it down.
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"Midge " + number()};
  }

  /// The number alone.
  static String number() {
    Properties build = new Properties();
    try (InputStream stream = Version.class.getResourceAsStream("build.properties")) {
      build.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("version");
  }
}
