package dev.midge.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import dev.midge.kit.Browser;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The first page in a browser.
class HomeInBrowserTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();
  @RegisterExtension static final Browser BROWSER = new Browser();

  private static final int CHARTS = 9;
  private static final Pattern SOME = Pattern.compile("[1-9].*");

  private static String address() {
    return "http://localhost:" + SERVER.port("web") + "/";
  }

  /// The page is open already when the load begins.
  @Test
  void figuresAndChartsAreLiveWhileALoadRuns() {
    Page page = BROWSER.open(address());
    assertThat(page.locator("figure canvas")).hasCount(CHARTS);

    try (RawClient receiver = RawClient.connected(SERVER.port(), 5, "receiver");
        RawClient sender = RawClient.connected(SERVER.port(), 5, "sender")) {
      receiver.send("82 ( 0001 ( ) \"load\" 00 )").readAll(1);
      for (int i = 0; i < 5; i++) {
        sender.send("30 ( \"load\" ( ) 'x' ) ".repeat(100));
        receiver.readAll(100);
      }
      SERVER.server().lookAtItself();

      assertThat(page.locator(".figures [data-figure=clients]")).hasText("2");
      assertThat(page.locator("figure [data-figure=messages_in_rate]"))
          .hasText(SOME, new HasTextOptions().setTimeout(10_000));
      assertThat(page.locator("figure [data-figure=messages_out_rate]")).hasText(SOME);
      assertThat(page.locator("figure [data-figure=subscriptions]")).hasText("1");
      receiver.leave();
      sender.leave();
    }
    SERVER.server().lookAtItself();

    assertThat(page.locator(".figures [data-figure=messages_in_rate]")).hasText("0");
    assertThat((Integer) page.evaluate("charts[0].data[0].length")).isGreaterThan(1);
  }

  @Test
  void whatNobodyHadLookedAtIsFilledIn() {
    Page page = BROWSER.open(address());
    SERVER.server().lookAtItself();

    assertThat(page.locator("[data-listener][data-state=up]"))
        .hasCount(SERVER.publicEndpoints().size());
    assertThat(page.locator("#summary"))
        .hasText(SERVER.publicEndpoints().size() + " listeners, and all of them work");
  }

  @Test
  void aRowOpensWithLinesToCopyByMouseAndByKeys() {
    Page page = BROWSER.open(address());
    Locator row = page.locator("[data-listener=tls-auth]");
    row.getByRole(com.microsoft.playwright.options.AriaRole.BUTTON).focus();

    page.keyboard().press("Enter");

    Locator tools = page.locator("tr.tools");
    assertThat(tools).containsText("mosquitto_sub --cafile ca.crt -u rw -P readwrite");
    tools.locator("#tls-auth-shell").focus();
    page.keyboard().press("ArrowRight");
    assertThat(tools.locator("[data-tool=python]")).isVisible();
    assertThat(tools.locator("[data-tool=shell]")).isHidden();
    row.getByText("Connect").click();
    assertThat(tools).isHidden();
  }

  @Test
  void codeIsCopiedByAButton() {
    Page page =
        BROWSER.open(
            address(),
            new NewContextOptions().setPermissions(List.of("clipboard-read", "clipboard-write")));
    Locator code = page.locator(".hero [data-tool=shell]");

    code.getByText("Copy").click();

    assertThat(code.getByText("Copied")).isVisible();
    assertThat(page.evaluate("navigator.clipboard.readText()"))
        .isEqualTo(code.locator("code").textContent());
  }

  @Test
  void nothingMovesWhileThePageLoadsAndMqttIsNotLoaded() {
    Page page = BROWSER.open(address());
    assertThat(page.locator("figure canvas")).hasCount(CHARTS);
    page.waitForLoadState();

    Object moved =
        page.evaluate(
            """
            new Promise((done) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                list.getEntries().forEach((entry) => (sum += entry.value));
              }).observe({ type: "layout-shift", buffered: true });
              requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
            })
            """);
    assertThat(((Number) moved).doubleValue()).isLessThan(0.01);
    assertThat(page.evaluate("typeof mqtt")).isEqualTo("undefined");
  }

  @Test
  void withoutAScriptThereIsATableOfEverything() {
    SERVER.server().lookAtItself();

    Page page = BROWSER.open(address(), new NewContextOptions().setJavaScriptEnabled(false));

    assertThat(page.locator("[data-listener]").getByText("works"))
        .hasCount(SERVER.publicEndpoints().size());
    assertThat(page.locator("[data-listener=tls] a")).hasText("Connect");
    assertThat(page.locator("figure dd").first()).isVisible();
    page.locator("[data-listener=tls] a").click();
    assertThat(page.locator("h1")).hasText("tls");
  }
}
