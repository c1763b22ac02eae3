package dev.midge.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A browser without a screen, for the tests of one class. A test fails if a page of it writes an
/// error to the console, what breaks the policy for its content among that, or asks another host
/// for anything. Register it as a static extension.
public final class Browser implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private static final List<String> PROGRAMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private @Nullable Playwright playwright;
  private com.microsoft.playwright.@Nullable Browser browser;

  @Override
  public void beforeAll(ExtensionContext context) {
    Path program =
        PROGRAMS.stream().map(Path::of).filter(Files::exists).findFirst().orElse(Path.of(""));
    Requirement.require(Files.isExecutable(program), "A browser is missing: install chromium.");
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(program)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic")));
  }

  /// Opens an address as a page of its own, which trusts every certificate.
  public Page open(String address) {
    return open(address, new NewContextOptions());
  }

  /// The same in a browser that is set up so.
  public Page open(String address, NewContextOptions options) {
    BrowserContext context =
        Objects.requireNonNull(browser).newContext(options.setIgnoreHTTPSErrors(true));
    contexts.add(context);
    Page page = context.newPage();
    page.onConsoleMessage(message -> {
      // That a page itself was not found is not its own complaint.
      if (List.of("error", "warning").contains(message.type())
          && !message.location().startsWith(address + ":")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onDialog(dialog -> {
      complaints.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    page.onRequest(request -> {
      if (!request.url().matches("(https?|wss?)://localhost:.*")) {
        complaints.add("asks for " + request.url());
      }
    });
    page.navigate(address);
    return page;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    List<String> found = List.copyOf(complaints);
    contexts.forEach(BrowserContext::close);
    contexts.clear();
    complaints.clear();
    assertThat(found).isEmpty();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (playwright != null) {
      playwright.close();
    }
  }
}
