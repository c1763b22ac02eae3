package dev.midge.certs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;

/// What an authority has signed for clients, a line for each: serial number, end, when it was
/// signed, in which variant, and the name. On disk before the certificate is handed out. What has
/// ended is left out when the file has grown long; when all of it is still good, there is no room
/// for more. The caller holds the lock of the authority.
final class IssueRecord {
  /// Some hundred thousand certificates.
  private static final long BYTES_MAX = 8 << 20;

  private static final int NAME_LENGTH_MAX = 64;

  private final Path file;

  IssueRecord(Path file) {
    this.file = file;
  }

  /// Writes one down.
  ///
  /// @throws IOException if there is no room, on the disk or in the record
  void add(X509Certificate certificate, Variant variant, Instant now) throws IOException {
    String name =
        CommonName.of(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
    String line =
        String.join(
                " ",
                certificate.getSerialNumber().toString(16),
                certificate.getNotAfter().toInstant().toString(),
                now.toString(),
                variant.toString(),
                URLEncoder.encode(
                    name.substring(0, Math.min(name.length(), NAME_LENGTH_MAX)), UTF_8))
            + "\n";
    if (Files.exists(file) && Files.size(file) + line.length() > BYTES_MAX) {
      forget(now);
      if (Files.size(file) + line.length() > BYTES_MAX) {
        throw new IOException(file + " is full");
      }
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = US_ASCII.encode(line);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }

  /// Leaves out what has ended. A line that a crash has cut is no line.
  private void forget(Instant now) throws IOException {
    List<String> lines =
        Files.readAllLines(file, US_ASCII).stream()
            .filter(line -> line.matches("[0-9a-f]+ \\S+ \\S+ \\S+ \\S+"))
            .filter(line -> Instant.parse(line.split(" ", 3)[1]).isAfter(now))
            .toList();
    CredentialFiles.replace(file, String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"), false);
  }
}
