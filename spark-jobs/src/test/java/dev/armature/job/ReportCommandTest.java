package dev.armature.job;

import static dev.armature.job.CommandCall.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {

  @TempDir private Path folder;

  private Path run(String name, int hour, double accuracy, String... settings) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        run.resolve("run.conf"),
        SettingsFile.render(
            SettingsFile.resolve(
                SettingsFile.given(
                    ConfigFactory.empty(),
                    Stream.concat(
                            Stream.of("output.dir=" + run, "data.path=" + folder.resolve("gone")),
                            Stream.of(settings))
                        .toList()))));
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"type\":\"step\",\"round\":0,\"epoch\":1,\"step\":1,\"loss.total\":7.25}\n{\"type\":\"round\",\"round\":0,\"epoch\":1,\"rounds\":4,\"steps\":1,\"workers\":1,\"sequences\":8,\"seconds\":2.0}\n");
    if (accuracy > 0) {
      Files.writeString(
          run.resolve("evaluation.json"),
          String.format(
              Locale.ROOT,
              "{\"knn.three-stream.top1\" : %.2f, \"test.sequences\" : 1000, \"comparable.sha256\" : \"c\"}",
              accuracy));
    }
    Files.setLastModifiedTime(
        run.resolve("run.conf"),
        FileTime.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(3600L * hour)));
    return run;
  }

  private static CommandCall report(Object... arguments) {
    return CommandCall.succeeding(
        Stream.concat(Stream.of("report"), Stream.of(arguments).map(Object::toString)).toList());
  }

  @Test
  void a_run_is_compared_with_the_last_one_before_it_of_the_same_recipe() throws IOException {
    run("monday", 1, 50);
    run("tuesday", 2, 60, "train.seed=7");
    run("other-recipe", 3, 70, "encoder.hidden=8");
    Path wednesday = run("wednesday", 4, 65, "train.seed=9", "checkpoint.keep=9");
    run("thursday", 5, 80);
    Files.writeString(Files.createDirectories(folder.resolve("letters")).resolve("run.conf"), "{");
    CommandCall call = report(wednesday);
    assertThat(call.out())
        .contains(
            "wednesday: Better by 5.00 points: knn.three-stream 65.00 % after 60.00 % in the last run, tuesday.",
            wednesday.resolve("report.html").toString());
    assertThat(Files.readString(wednesday.resolve("report.html")))
        .contains("Better by 5.00 points", "after round 1 of 4", "cannot be read any more");
  }

  @Test
  void a_run_that_was_not_evaluated_is_passed_over_and_when_a_run_began_is_what_it_says()
      throws IOException {
    Path monday = run("monday", 1, 50);
    run("tuesday", 2, 0);
    Path wednesday = run("wednesday", 3, 60);
    // Resumed: the file is new, the run is not.
    Files.writeString(
        monday.resolve("run.conf"),
        "armature.begun = \"2026-01-01T00:30:00Z\"\n",
        StandardOpenOption.APPEND);
    assertThat(report(wednesday).out())
        .contains("Better by 10.00 points", "in the last run, monday");
  }

  @Test
  void an_evaluation_that_did_not_end_is_not_taken_for_one_that_did() throws IOException {
    run("monday", 1, 50);
    Path tuesday = run("tuesday", 2, 40);
    Path wednesday = run("wednesday", 3, 60);
    for (Path cutShort : List.of(tuesday, wednesday)) {
      Path file = cutShort.resolve("evaluation.json");
      String missing = cutShort.equals(tuesday) ? "knn, fine-tune" : "fine-tune";
      Files.writeString(
          file,
          Files.readString(file)
              .replace(
                  "}",
                  ", \"unfinished\" : \"%s\", \"unfinished.has\" : \"knn\"}".formatted(missing)));
    }
    assertThat(report(tuesday).out()).contains("No run of this recipe before it has figures");
    assertThat(report(wednesday).out()).contains("Better by 10.00 points", "the last run, monday");
    assertThat(Files.readString(wednesday.resolve("report.html")))
        .contains("The evaluation did not end, fine-tune is missing: call evaluate again");
  }

  @Test
  void a_run_that_begins_with_another_is_of_another_recipe() throws IOException {
    run("monday", 1, 50);
    assertThat(report(run("tuesday", 2, 60, "init.from=" + folder.resolve("monday"))).out())
        .contains("The first run of this recipe");
  }

  @Test
  void one_broken_file_does_not_cost_the_page() throws IOException {
    Path run = run("monday", 1, 50);
    Files.writeString(
        run.resolve("evaluation-classes.json"), "{\"measures\":{\"knn\":{\"confusion\":[[1]]}}}");
    report(run);
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("50.00", "No figures by class: ");
  }

  @Test
  void runs_whose_folders_are_called_alike_are_told_apart() throws IOException {
    Path page = folder.resolve("both.html");
    report(run("a/run", 1, 50), run("b/run", 2, 60), "--out", page);
    assertThat(Files.readString(page)).contains("<th>a/run</th><th>b/run</th>");
  }

  @Test
  void the_first_run_of_a_recipe_has_nothing_to_be_compared_with() throws IOException {
    run("other-recipe", 1, 70, "encoder.hidden=8");
    assertThat(report(run("monday", 2, 50)).out())
        .contains("monday: The first run of this recipe in its folder");
  }

  @Test
  void a_run_without_figures_says_how_to_get_them() throws IOException {
    Path monday = run("monday", 1, 50);
    Files.writeString(
        monday.resolve("metrics.jsonl"), "{\"type\":\"step\",\"step\":1,\"loss.total\":6.5}\n");
    Path tuesday = run("tuesday", 2, 0);
    assertThat(report(tuesday).out())
        .contains("Not evaluated yet", "Total loss 7.250 after 6.500 in the last run, monday");
    assertThat(Files.readString(tuesday.resolve("report.html")))
        .contains("evaluate --run file:" + tuesday + " --data " + folder.resolve("gone"));
  }

  @Test
  void several_runs_are_written_into_one_page() throws IOException {
    Path page = folder.resolve("both.html");
    CommandCall call = report(run("monday", 1, 50), run("tuesday", 2, 60), "--out", page);
    assertThat(call.out()).contains("monday: ", "tuesday: Better by 10.00 points", page.toString());
    assertThat(Files.readString(page)).contains("<h1>2 runs</h1>");
    assertThat(folder.resolve("monday/report.html")).doesNotExist();
  }

  @Test
  void a_folder_that_is_no_run_is_refused() throws IOException {
    Path letters = Files.createDirectories(folder.resolve("letters"));
    assertRefused(List.of("report", letters.toString()), letters.toString(), "run.conf");
    assertRefused(List.of("report", folder.resolve("none").toString()), "none", "run.conf");
  }
}
