package dev.midge;

import dev.midge.certs.CertificateFailure;
import dev.midge.certs.Certificates;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.Credential;
import dev.midge.certs.InvalidRequest;
import dev.midge.certs.Recipe;
import dev.midge.certs.RecipeFiles;
import dev.midge.config.InvalidConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `midge certs`: client certificates, signed by the authority in the data folder, and the root
/// above it. A running server need not be told: it takes what is signed and refuses what is revoked
/// at once.
@Command(
    name = "certs",
    description = "Makes, signs and revokes client certificates, and makes a new root.",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n")
final class CertsCommand {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      scope = ScopeType.INHERIT,
      description = "The data folder of the server.")
  private Path data;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      defaultValue = "certs",
      scope = ScopeType.INHERIT,
      description = "The folder of the recipes for certificates.")
  private Path certs;

  @Option(
      names = "--authority",
      paramLabel = "NAME",
      defaultValue = "intermediate",
      scope = ScopeType.INHERIT,
      description = "The authority that signs.")
  private String authority;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "90",
      scope = ScopeType.INHERIT,
      description = "How long a certificate lives, 1 to 90.")
  private int days;

  /// Something that may be refused.
  private interface Task {
    void run(Certificates certificates, ClientCertificates clients)
        throws InvalidRequest, IOException, CertificateException;
  }

  /// Makes a key and a certificate in the current directory, and overwrites nothing.
  @Command(
      name = "client",
      description = "Makes a key and a certificate: NAME.key and NAME.crt in this folder.")
  int client(@Parameters(paramLabel = "NAME", description = "The user name.") String name) {
    return attempt((_, clients) -> {
      if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
        throw new InvalidRequest("NAME must do as a file name: letters, digits and ._- only.");
      }
      Credential credential = clients.make(name, days);
      Path key = Path.of(name + ".key");
      Files.createFile(key);
      if (key.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      }
      Files.writeString(key, credential.keyPem());
      Path chain = Path.of(name + ".crt");
      Files.writeString(chain, credential.chainPem(), StandardOpenOption.CREATE_NEW);
      out().println("Connect with --cert " + chain + " --key " + key);
    });
  }

  /// Prints the certificate, and those of its authorities, that a request asks for.
  @Command(
      name = "sign",
      description = "Signs a certificate request in PEM, and prints the certificate.")
  int sign(@Parameters(paramLabel = "FILE", description = "As openssl req writes it.") Path file) {
    return attempt((_, clients) -> {
      out().print(clients.sign(Files.readString(file), days));
      out().flush();
    });
  }

  /// Makes another root and puts it in the place of the one that clients trust.
  @Command(
      name = "rotate",
      description =
          "Puts a new root in the place of the one that clients trust. A running server follows"
              + " within the hour, and serves clients of either for a while.")
  int rotate(
      @Option(
              names = "--overlap-days",
              paramLabel = "N",
              defaultValue = "90",
              description = "How long clients that trust the former root are still served.")
          int overlapDays) {
    return attempt((certificates, _) -> {
      if (overlapDays < 0) {
        throw new InvalidRequest("--overlap-days is 0 or more.");
      }
      certificates.replaceRoot(authority, Optional.empty(), Duration.ofDays(overlapDays));
      out().println("Clients are to trust " + certificates.root(authority).file());
    });
  }

  @Command(name = "revoke", description = "Revokes a certificate that was signed here.")
  int revoke(@Parameters(paramLabel = "FILE", description = "The certificate in PEM.") Path file) {
    return attempt((_, clients) -> {
      try (InputStream bytes = Files.newInputStream(file)) {
        clients.revoke(
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes));
      }
    });
  }

  private int attempt(Task task) {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Map<String, Recipe> recipes = RecipeFiles.load(certs);
      Set<String> authorities = RecipeFiles.authorities(recipes);
      if (!authorities.contains(authority)) {
        throw new InvalidRequest(
            "--authority: there are these only: " + String.join(", ", authorities) + ".");
      }
      Certificates certificates = new Certificates(data.resolve("certs"), recipes, "");
      task.run(certificates, certificates.clients(authority));
      return ExitCode.OK;
    } catch (InvalidRequest | InvalidConfiguration e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (CertificateFailure e) {
      err.println(e.getMessage());
    } catch (IOException | CertificateException e) {
      err.println("Cannot be read or written: " + e);
    }
    return ExitCode.SOFTWARE;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
