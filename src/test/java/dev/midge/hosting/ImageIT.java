package dev.midge.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The image, unpacked and run as what it says, without an engine: as root elsewhere, on a network
/// of its own.
@Timeout(600)
class ImageIT {

  @TempDir private Path temporary;

  @Test
  void whatTheImageSaysRunsInItAndServes() throws Exception {
    Requirement.programs("unshare", "chroot", "ip", "mosquitto_pub");
    Requirement.rootAccess();
    DebianRoot.must("./midge", "package", "image");
    Path root = Files.createDirectory(temporary.resolve("root"));
    String config = unpack(root);
    assertThat(strings(config, "Cmd")).containsExactly("serve");
    assertThat(config).contains("\"User\":\"65532:65532\"", "\"WorkingDir\":\"/data\"");

    String server =
        "env -i %s /usr/sbin/chroot --userspec=65532:65532 %s %s serve"
            .formatted(
                String.join(" ", strings(config, "Env")),
                root,
                String.join(" ", strings(config, "Entrypoint")));
    DebianRoot.must(
        "unshare",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        """
        set -e
        ip link set lo up
        mount --bind %1$s %1$s
        mkdir -p %1$s/proc %1$s/dev
        mount -t proc proc %1$s/proc
        mount --bind /dev %1$s/dev
        %2$s >%1$s/log 2>&1 &
        until [ -e %1$s/data/endpoints.env ]; do
          kill -0 $! || { cat %1$s/log; exit 1; }
          sleep 0.2
        done
        mosquitto_pub -t image -m works -q 1
        """
            .formatted(root, server));

    assertThat(root.resolve("data/endpoints.env")).content().contains("MQTT_PORT=1883\n");
  }

  private static Path archive() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.toString().matches(".*-image-\\w+\\.tar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Unpacks the layers in their order.
  ///
  /// @return what it says of itself, in JSON
  private String unpack(Path root) throws Exception {
    Path image = Files.createDirectory(temporary.resolve("image"));
    DebianRoot.must("tar", "-xf", archive().toString(), "-C", image.toString());
    for (String layer : strings(Files.readString(image.resolve("manifest.json")), "Layers")) {
      DebianRoot.must(
          "tar",
          "--warning=no-unknown-keyword",
          "-xzf",
          image.resolve(layer).toString(),
          "-C",
          root.toString());
    }
    return Files.readString(image.resolve("config.json"));
  }

  private static List<String> strings(String json, String key) {
    String list =
        Pattern.compile('"' + key + "\":\\s*\\[(.*?)\\]")
            .matcher(json)
            .results()
            .map((MatchResult found) -> found.group(1))
            .findFirst()
            .orElseThrow();
    return Pattern.compile("\"([^\"]*)\"")
        .matcher(list)
        .results()
        .map(one -> one.group(1))
        .toList();
  }
}
