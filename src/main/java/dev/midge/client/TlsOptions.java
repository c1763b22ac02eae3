package dev.midge.client;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options about TLS, and what the client library makes of them.
final class TlsOptions {

  /// The names of TLS versions, as `--tls-version` and as the JDK have them.
  private static final List<String> VERSIONS = List.of("tlsv1.3", "tlsv1.2");

  @Option(
      names = "--cafile",
      paramLabel = "FILE",
      description = "Connect with TLS, and trust the CA certificates in this PEM file.")
  private @Nullable Path cafile;

  @Option(
      names = "--capath",
      paramLabel = "DIR",
      description =
          "Connect with TLS, and trust the CA certificates in the PEM files of this folder.")
  private @Nullable Path capath;

  @Option(
      names = "--tls-use-os-certs",
      description = "Connect with TLS, and trust the CA certificates that Java trusts.")
  private boolean isOsTrusted;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The client's own certificate, and those between it and its CA, as PEM.")
  private @Nullable Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key of --cert, as PEM (PKCS #8, without a password).")
  private @Nullable Path key;

  @Option(
      names = "--insecure",
      description = "Do not check that the server's certificate is for its host name.")
  private boolean isInsecure;

  @Option(
      names = "--tls-version",
      paramLabel = "VERSION",
      description = "Only this version: tlsv1.3 or tlsv1.2. Both if left out.")
  private @Nullable String version;

  /// Whether any of these options asks for TLS by itself.
  boolean isAsked() {
    return cafile != null || capath != null || isOsTrusted;
  }

  /// Checks that there is no option for a TLS connection, because it is none.
  ///
  /// @throws InvalidOption if there is one
  void checkUnused() {
    if (cert != null || key != null || isInsecure || version != null) {
      throw new InvalidOption(
          "--cert, --key, --insecure and --tls-version need TLS: give --cafile, --capath,"
              + " --tls-use-os-certs, -L mqtts://... or -p 8883 too.");
    }
  }

  /// What the library needs for a TLS connection.
  ///
  /// @param defaultCaFile the CA certificates to trust if no option names any; those of Java if
  ///   null
  /// @throws InvalidOption if a file cannot be used
  MqttClientSslConfig config(@Nullable Path defaultCaFile) {
    if ((cert == null) != (key == null)) {
      throw new InvalidOption("--cert and --key go together.");
    }
    PemFiles trusted = new PemFiles();
    if (cafile != null) {
      trusted.addFile(cafile, "--cafile");
    }
    if (capath != null) {
      trusted.addFolder(capath, "--capath");
    }
    if (!isAsked() && defaultCaFile != null) {
      trusted.addFile(defaultCaFile, "MQTT_CA_FILE");
    }
    var config = MqttClientSslConfig.builder().trustManagerFactory(trusted.trust(isOsTrusted));
    if (cert != null && key != null) {
      config = config.keyManagerFactory(PemFiles.identity(cert, key));
    }
    if (isInsecure) {
      config = config.hostnameVerifier((_, _) -> true);
    }
    if (version != null) {
      config = config.protocols(List.of(protocol(version)));
    }
    return config.build();
  }

  private static String protocol(String version) {
    if (!VERSIONS.contains(version)) {
      throw new InvalidOption(
          "--tls-version: '" + version + "' must be one of " + String.join(", ", VERSIONS) + ".");
    }
    return version.toUpperCase(Locale.ROOT).replace("TLSV", "TLSv");
  }
}
