package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison that is killed, goes on, and ends as one that was never disturbed. */
class ComparisonIntegrationTest {
  private static final String MASTER = "spark.master";

  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void prepare_data() {
    System.setProperty(MASTER, "local[2]");
    data = GeneratedData.path();
  }

  @AfterAll
  static void forget_the_master() {
    System.clearProperty(MASTER);
  }

  private static Path recipe(String name, Path out) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".conf"),
        """
        data.path = "%s"
        output.dir = "%s"
        encoder { hidden = 4, layers = 1, embedding = 4 }
        augment { frames = 16, minimum-crop = 16 }
        distill { queue = 32, neighbours = 8 }
        train { batch = 8, max-steps = 8 }
        round { workers = 1, cores-per-worker = 1, local-steps = 2 }
        checkpoint.every-rounds = 2
        evaluate.linear-epochs = 2
        compare {
          title = "Two methods"
          protocols = [knn]
          seeds = [1, 2]
          cases = [
            { name = "base", set { distill.method = base } }
            { name = "CMD", set { distill.method = cmd } }
          ]
        }
        """
            .formatted(data, out));
  }

  private static List<Path> runs(Path out) throws IOException {
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      return runs.sorted().toList();
    }
  }

  private static boolean anyIsDone(Path out) throws IOException {
    return Files.exists(out.resolve("runs"))
        && runs(out).stream().anyMatch(ComparisonIntegrationTest::isDone);
  }

  /** Whether a run is evaluated, and not only in part. */
  private static boolean isDone(Path run) {
    try {
      return !Files.readString(run.resolve("evaluation.json")).contains("\"unfinished\"");
    } catch (NoSuchFileException none) {
      return false;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** When each file of a folder was last written. */
  private static Map<Path, FileTime> times(List<Path> runs) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    for (Path run : runs) {
      try (Stream<Path> files = Files.walk(run)) {
        for (Path file : files.toList()) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  /** Checksums of last checkpoints and of evaluations, by run. */
  private static Map<String, String> results(Path out) throws IOException {
    Map<String, String> results = new TreeMap<>();
    for (Path run : runs(out)) {
      for (String file : List.of("checkpoints/round-00000004.safetensors", "evaluation.json")) {
        results.put(
            run.getFileName() + "/" + file,
            DigestUtils.sha256Hex(Files.readAllBytes(run.resolve(file))));
      }
    }
    return results;
  }

  @Test
  void a_comparison_that_is_killed_does_what_is_missing_and_ends_as_one_side_by_side()
      throws Exception {
    Path out = folder.resolve("killed");
    String[] compare = {"compare", "--conf", recipe("killed", out).toString()};
    try (CommandProcess process =
        CommandProcess.start(folder, Map.of(MASTER, "local[2]"), compare)) {
      while (!anyIsDone(out)) {
        assertThat(process.isAlive()).as(process.output()).isTrue();
        TimeUnit.MILLISECONDS.sleep(20);
      }
      process.kill();
    }
    List<Path> done = runs(out).stream().filter(ComparisonIntegrationTest::isDone).toList();
    assertThat(done).hasSizeLessThan(4);
    Map<Path, FileTime> before = times(done);
    CommandCall again = CommandCall.succeeding(List.of(compare));
    assertThat(again.out()).contains("4 of 4 runs are finished");
    assertThat(times(done)).as("what was done is left alone").isEqualTo(before);
    assertThat(runs(out)).hasSize(4);
    assertTable(out);

    Map<Path, FileTime> finished = times(runs(out));
    CommandCall third = CommandCall.succeeding(List.of(compare));
    assertThat(third.out().lines()).singleElement().asString().contains("4 of 4 runs");
    assertThat(times(runs(out))).isEqualTo(finished);
    assertThat(listed(compare)).contains("CMD, seed 2", ": done", "4 of 4 are done");
    assertThat(listed(compare, "--set", "evaluate.neighbours=2"))
        .contains("trained, to be evaluated", "0 of 4 are done");
    assertThat(listed(compare, "--set", "train.momentum=0.8"))
        .contains("to be trained", "0 of 4 are done");
    assertForeignRunIsRefused(runs(out).get(0), compare);
    assertDamageIsRepaired(out, compare);

    Path beside = folder.resolve("beside");
    CommandCall.succeeding(
        List.of(
            "compare",
            "--conf",
            recipe("beside", beside).toString(),
            "--parallel",
            "2",
            "--set",
            "compare.seeds=[1]"));
    assertThat(runs(beside)).hasSize(2);
    assertThat(results(out)).containsAllEntriesOf(results(beside));
  }

  private static String listed(String[] compare, String... more) {
    return CommandCall.succeeding(
            Stream.of(Stream.of(compare), Stream.of("--dry-run"), Stream.of(more))
                .flatMap(part -> part)
                .toList())
        .out();
  }

  /** As if a default had changed since the run was made. */
  private static void assertForeignRunIsRefused(Path run, String[] compare) throws IOException {
    String configuration = Files.readString(run.resolve("run.conf"));
    Files.writeString(run.resolve("run.conf"), configuration + "\ntrain.weight-decay = 0.5\n");
    CommandCall.assertRefused(List.of(compare), run.toString(), "train.weight-decay: was 0.5");
    Files.writeString(run.resolve("run.conf"), configuration);
  }

  /** A checkpoint and figures that were cut short are made again, the same. */
  private static void assertDamageIsRepaired(Path out, String[] compare) throws IOException {
    Map<String, String> whole = results(out);
    Path run = runs(out).get(0);
    for (String file : List.of("checkpoints/round-00000004.safetensors", "evaluation.json")) {
      byte[] bytes = Files.readAllBytes(run.resolve(file));
      Files.write(run.resolve(file), Arrays.copyOf(bytes, bytes.length / 2));
    }
    assertThat(CommandCall.succeeding(List.of(compare)).out()).contains("4 of 4 runs are finished");
    assertThat(results(out)).isEqualTo(whole);
  }

  private static void assertTable(Path out) throws IOException {
    List<Double> accuracies = new ArrayList<>();
    for (Path run : runs(out)) {
      if (run.getFileName().toString().startsWith("cmd-")) {
        JsonNode evaluation = new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
        accuracies.add(evaluation.path("knn.three-stream.top1").doubleValue());
      }
    }
    assertThat(accuracies).hasSize(2);
    double mean = (accuracies.get(0) + accuracies.get(1)) / 2;
    // Of two values it is their distance divided by the root of 2.
    double deviation = Math.abs(accuracies.get(0) - accuracies.get(1)) / Math.sqrt(2);
    assertThat(Files.readAllLines(out.resolve("killed.csv")))
        .anySatisfy(
            line -> {
              String[] columns = line.split(",", -1);
              assertThat(List.of(columns).subList(0, 3))
                  .containsExactly("CMD", "knn.three-stream.top1", "2");
              assertThat(Double.parseDouble(columns[3])).isCloseTo(mean, within(1e-9));
              assertThat(Double.parseDouble(columns[4])).isCloseTo(deviation, within(1e-9));
            });
    assertThat(out.resolve("killed.md"))
        .content()
        .contains(String.format(Locale.ROOT, "%.2f ± %.2f", mean, deviation))
        .contains("| base |", "| random weights |", "| geometric nearest neighbour |", "killed.png")
        .doesNotContain("Not in the table");
    assertThat(Files.readAllBytes(out.resolve("killed.png"))).startsWith(0x89, 'P', 'N', 'G');
    assertThat(Files.readAllLines(out.resolve("killed-runs.csv")))
        .filteredOn(line -> line.contains(",knn.joint.top1,"))
        .hasSize(4);
  }

  @Test
  void a_folder_that_cannot_be_written_to_is_refused_before_any_work() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    CommandCall.assertRefused(
        List.of("compare", "--conf", recipe("refused", file).toString()),
        "output.dir: nothing can be written to " + file);
  }

  @Test
  void a_run_that_fails_stands_in_the_table_with_its_reason_and_the_others_go_on()
      throws IOException {
    Path out = folder.resolve("failing");
    Path torn = folder.resolve("torn-data");
    FileUtils.copyDirectory(data.toFile(), torn.toFile());
    for (File part : FileUtils.listFiles(torn.toFile(), new String[] {"parquet"}, true)) {
      Files.write(part.toPath(), new byte[16]);
    }
    CommandCall call =
        CommandCall.of(
            List.of(
                "compare",
                "--conf",
                recipe("failing", out).toString(),
                "--set",
                "compare.seeds=[1]",
                "--set",
                "compare.cases=[{ name = torn, set { data.path = \"%s\", train.max-steps = 4 } }, { name = wild, set { train.learning-rate = 1e30 } }, { name = tame, set { train.max-steps = 2 } }]"
                    .formatted(torn)));
    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.out())
        .contains("torn, seed 1: failed: ", "wild, seed 1: failed: ", "1 of 3 runs are finished");
    assertThat(out.resolve("failing.md"))
        .content()
        .contains("Not in the table", "torn, seed 1", "wild, seed 1", "diverged", "| tame |");
  }
}
