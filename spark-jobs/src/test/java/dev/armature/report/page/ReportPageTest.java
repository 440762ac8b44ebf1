package dev.armature.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final int MOST_BYTES = 3 << 20;

  @TempDir private static Path folder;
  private static String page;

  @BeforeAll
  static void make_the_page() {
    page = ReportPage.html(List.of(RunFiles.report("monday", folder)));
  }

  @Test
  void the_page_is_small_and_refers_to_nothing_outside_of_it() {
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(MOST_BYTES);
    String own = page.replaceAll("(?s)<script>\\s*/\\*.*?</script>", "");
    assertThat(own).doesNotContain("src=", "href=", "@import", "url(", "http:", "https:");
  }

  @Test
  void names_from_data_never_become_part_of_the_page() {
    assertThat(page).doesNotContain(RunFiles.HOSTILE).contains("&lt;/script&gt;&lt;b&gt;");
  }

  @Test
  void the_same_run_makes_the_same_page() {
    assertThat(ReportPage.html(List.of(RunFiles.report("monday", folder)))).isEqualTo(page);
  }

  @Test
  void a_run_of_which_nothing_is_known_yet_has_a_page_too() throws IOException {
    RunReport empty =
        new RunReport(
            "new",
            "/runs/new",
            "",
            "",
            Verdict.none("nothing to compare with"),
            RunHistory.read(
                org.apache.hadoop.fs.FileSystem.getLocal(
                    new org.apache.hadoop.conf.Configuration()),
                new org.apache.hadoop.fs.Path(Files.createDirectory(folder.resolve("x")).toUri())),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of());
    assertThat(ReportPage.html(List.of(empty)))
        .contains("Not trained here")
        .doesNotContain("data-chart=\"map\"", "id=\"worst\"");
  }

  @Test
  void a_report_of_no_run_is_refused() {
    assertThatThrownBy(() -> ReportPage.html(List.of())).hasMessageContaining("at least one run");
  }

  @Test
  void a_browser_draws_every_chart_and_shows_the_figures() throws Exception {
    String shown = Browser.shown(page, folder, 1200);
    assertThat(attribute(shown, "drawn")).isEqualTo("10");
    assertThat(attribute(shown, "wide")).isEqualTo("0");
    assertThat(series(shown, "accuracy")).isEqualTo("2");
    assertThat(series(shown, "loss.total")).isEqualTo("1");
    assertThat(series(shown, "phases")).isEqualTo("2");
    assertThat(series(shown, "map")).isEqualTo("3");
    assertThat(series(shown, "confusion")).isEqualTo("1");
    assertThat(hidden(shown, "queue-age")).isTrue();
    assertThat(hidden(shown, "map")).isFalse();
    assertThat(shown)
        .contains("Better by 5.00 points", "geometric neighbour 61", "random weights 25", "55.50 %")
        .contains(">kick</text>");
  }

  @Test
  void on_a_phone_nothing_sticks_out() throws Exception {
    String shown = Browser.shown(page, folder, 500);
    assertThat(attribute(shown, "wide")).isEqualTo("0");
    assertThat(attribute(shown, "drawn")).isEqualTo("10");
  }

  @Test
  void several_runs_are_compared_by_their_curves_figures_and_differences() throws Exception {
    String both =
        ReportPage.html(
            List.of(RunFiles.report("monday", folder), RunFiles.report("tuesday", folder)));
    assertThat(both.getBytes(StandardCharsets.UTF_8).length).isLessThan(MOST_BYTES);
    String shown = Browser.shown(both, folder, 1200);
    assertThat(series(shown, "loss.total")).isEqualTo("2");
    assertThat(series(shown, "accuracy")).isEqualTo("2");
    assertThat(shown)
        .contains("<td class=\"key\">train.seed</td>")
        .doesNotContain("data-chart=\"map\"");
  }

  private static String attribute(String shown, String name) {
    return group(shown, "<html[^>]* data-" + name + "=\"([^\"]*)\"");
  }

  private static String series(String shown, String chart) {
    return group(shown, "data-chart=\"" + Pattern.quote(chart) + "\"[^>]* data-series=\"(\\d+)\"");
  }

  private static boolean hidden(String shown, String chart) {
    return Pattern.compile(
            "<figure hidden=\"\">(?:(?!</figure>).)*data-chart=\"" + Pattern.quote(chart),
            Pattern.DOTALL)
        .matcher(shown)
        .find();
  }

  private static String group(String shown, String pattern) {
    return Pattern.compile(pattern)
        .matcher(shown)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElse("none");
  }
}
