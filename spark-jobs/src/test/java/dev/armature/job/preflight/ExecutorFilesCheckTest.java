package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.LocalSpark;
import dev.armature.job.preflight.ExecutorFilesCheck.Sight;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorFilesCheckTest {
  private static final Path FOLDER = new Path("file:/data/ntu");

  @TempDir private java.nio.file.Path folder;

  @Test
  void hosts_that_do_not_see_the_data_are_named_once_with_what_to_do() {
    Finding finding =
        ExecutorFilesCheck.of(
            "data on executors",
            FOLDER,
            "data.path",
            List.of(
                new Sight("one", "File file:/data/ntu/manifest.json does not exist"),
                new Sight("two", ""),
                new Sight("one", "File file:/data/ntu/manifest.json does not exist")));
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.found()).isEqualTo("refused on one");
    assertThat(finding.sentence())
        .contains("file:/data/ntu", "manifest.json does not exist", "put data.path on");
  }

  @Test
  void what_all_see_is_fine_and_what_is_made_to_look_is_gone_afterwards() throws Exception {
    Files.writeString(folder.resolve("manifest.json"), "{}");
    JavaSparkContext spark = LocalSpark.context();
    try {
      ExecutorFilesCheck check = new ExecutorFilesCheck(spark.sc(), 3);
      Path here = new Path(folder.toUri());
      assertThat(check.data(new Path(here, "manifest.json"), "data.path").verdict())
          .isEqualTo(Verdict.OK);
      assertThat(check.data(new Path(here, "missing"), "data.path").remedy()).contains("missing");
      FileSystem local = FileSystem.getLocal(new Configuration());
      assertThat(check.output(local, new Path(here, "runs/night"), "output.dir").verdict())
          .isEqualTo(Verdict.OK);
    } finally {
      spark.stop();
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("manifest.json");
    }
  }
}
