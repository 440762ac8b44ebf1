package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTableTest {
  private static final Finding LONG =
      Finding.fail(
          "output folder",
          "cannot be written to, for a reason that takes more room than a column has",
          "writing, renaming, deleting",
          "nothing can be written to hdfs://cluster.example.org/user/somebody/with/a/long/path/to/runs/utd-mhad: no space; give another output.dir");

  @Test
  void no_line_is_longer_than_a_hundred_characters() {
    String text =
        FindingsTable.text(List.of(LONG, Finding.ok("a".repeat(60), "b".repeat(90), "c")));

    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(100));
  }

  @Test
  void every_finding_is_a_row_with_its_verdict() {
    String text =
        FindingsTable.text(
            List.of(
                Finding.ok("heap", "4.0 GB", "2.0 GB"),
                Finding.warning("slots", "1", "2", "take turns"),
                LONG));

    assertThat(text.lines())
        .anyMatch(line -> line.matches("heap +4\\.0 GB +2\\.0 GB +ok"))
        .anyMatch(line -> line.matches("slots +1 +2 +warning"))
        .anyMatch(line -> line.matches("output folder +cannot be written.* fail"));
  }

  @Test
  void failures_come_before_warnings_below_the_table() {
    String text = FindingsTable.text(List.of(Finding.warning("slots", "1", "2", "turns"), LONG));

    assertThat(text)
        .containsSubsequence("What would fail:", "output.dir", "What to know:", "turns");
  }

  @Test
  void without_anything_to_set_the_table_is_all() {
    assertThat(FindingsTable.text(List.of(Finding.ok("heap", "4.0 GB", "2.0 GB"))))
        .doesNotContain("What");
  }
}
