package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.midge.kit.Browser;
import dev.midge.kit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whether everybody can use each page: on a phone and on a large screen, by day and by night, and
/// by the rules of axe-core for those who read with their ears or use no mouse.
class AccessibilityTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("hostile", "explanation: '<img src=x onerror=alert(1)> and <b>more</b>.'");

  @RegisterExtension static final Browser BROWSER = new Browser();

  /// Where the build has installed it.
  private static final Path AXE = Path.of("target/npm/node_modules/axe-core/axe.min.js");

  private static final String WIDTH = "document.documentElement.scrollWidth";

  private static String axe = "";

  @BeforeAll
  static void lookAround() throws IOException {
    axe = Files.readString(AXE);
    SERVER.proveListeners();
    SERVER.server().lookAtItself();
  }

  static Stream<String> pages() {
    return Stream.of(
        "/",
        "/listeners",
        "/connect?listener=tls-client-certificate",
        "/faults",
        "/certificates",
        "/client-certificates",
        "/limits",
        "/try",
        "/demo",
        "/about",
        "/nowhere");
  }

  private static String address(String path) {
    return "http://localhost:" + SERVER.port("web") + path;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageKeepsTheRulesByDay(String path) {
    assertThat(violations(BROWSER.open(address(path)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageKeepsTheRulesByNight(String path) {
    Page page =
        BROWSER.open(address(path), new NewContextOptions().setColorScheme(ColorScheme.DARK));

    assertThat(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        .isEqualTo("rgb(20, 25, 27)");
    assertThat(violations(page)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageFitsAPhone(String path) {
    Page page = BROWSER.open(address(path), new NewContextOptions().setViewportSize(360, 740));

    assertThat((Integer) page.evaluate(WIDTH)).isLessThanOrEqualTo(360);
    assertThat(violations(page)).isEmpty();
  }

  @Test
  void whoUsesKeysComesToTheTextAtOnce() {
    Page page = BROWSER.open(address("/"));

    page.keyboard().press("Tab");
    page.keyboard().press("Enter");

    assertThat(page.url()).endsWith("#main");
  }

  @Test
  void whatIsOpenedLaterKeepsTheRulesToo() {
    Page page = BROWSER.open(address("/"), new NewContextOptions().setViewportSize(360, 740));
    page.locator("[data-listener=tls-client-certificate] button").click();
    page.locator("tr.tools").waitFor();

    assertThat((Integer) page.evaluate(WIDTH)).isLessThanOrEqualTo(360);
    assertThat(violations(page)).isEmpty();
  }

  @Test
  void theNameThatAListenersFileGivesIsTextInABrowser() {
    Page page = BROWSER.open(address("/faults"));

    assertThat(page.locator("#hostile").textContent()).contains("<img src=x onerror=alert(1)>");
    assertThat(page.locator("#hostile img").count()).isZero();
  }

  /// What breaks a rule, as lines to read. The library runs beside the page's own policy.
  private static List<?> violations(Page page) {
    page.waitForLoadState();
    page.evaluate(axe);
    return (List<?>)
        page.evaluate(
            """
            axe.run().then((found) =>
              found.violations.flatMap((rule) =>
                rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)))
            """);
  }
}
