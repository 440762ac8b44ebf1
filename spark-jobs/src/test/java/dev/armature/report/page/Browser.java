package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's Chromium, without a window and without a network. */
final class Browser {
  private static final long SECONDS = 90;
  private static final String MEASURE =
      "<script>document.documentElement.dataset.wide = document.documentElement.scrollWidth - window.innerWidth;</script>";

  private Browser() {}

  /**
   * What a page becomes once its script has run, as HTML; on its root {@code data-wide} says by how
   * many pixels it is wider than the window. The test is skipped where there is no Chromium.
   */
  static String shown(String page, Path folder, int width)
      throws IOException, InterruptedException {
    Optional<File> chromium =
        Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
            .map(place -> new File(place, "chromium"))
            .filter(File::canExecute)
            .findFirst();
    assumeTrue(
        chromium.isPresent(),
        "no chromium on the PATH (Debian's package chromium): the page is not opened in a browser");
    Path file = Files.createTempFile(folder, "page", ".html");
    Path dom = Files.createTempFile(folder, "shown", ".html");
    Path log = Files.createTempFile(folder, "browser", ".log");
    int end = page.lastIndexOf("</body>");
    Files.writeString(file, page.substring(0, end) + MEASURE + page.substring(end));
    Process process =
        new ProcessBuilder(
                chromium.get().getPath(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile"),
                "--window-size=" + width + ",900",
                "--virtual-time-budget=3000",
                "--dump-dom",
                file.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("the browser ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readAllLines(log)).filteredOn(line -> line.contains("Uncaught")).isEmpty();
    return Files.readString(dom);
  }
}
