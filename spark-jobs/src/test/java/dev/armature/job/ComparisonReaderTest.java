package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.Manifest.Classes;
import dev.armature.dataset.store.Manifest.Frames;
import dev.armature.dataset.store.Manifest.SetAsideSummary;
import dev.armature.dataset.store.Manifest.Source;
import dev.armature.dataset.store.Manifest.SplitSummary;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonReaderTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private static Path folder;
  private static Path data;

  /** Of a data set a comparison reads nothing but its manifest. */
  @BeforeAll
  static void write_a_manifest() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    SplitSummary split = new SplitSummary(108, Collections.nCopies(18, 6), new Frames(60, 98, 136));
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            "synthetic",
            "xsub",
            new Source("none", 216, "none"),
            Map.of(),
            SkeletonLayouts.named("kinect-v2"),
            2,
            new Classes(18, List.of()),
            Map.of(Split.TRAIN.label(), split, Split.TEST.label(), split),
            "checksum",
            new SetAsideSummary(0, Map.of(), List.of()),
            Map.of());
    new ObjectMapper().writeValue(data.resolve("manifest.json").toFile(), manifest);
  }

  private static Config recipe(String compare) {
    return ConfigFactory.parseString(
        """
        data.path = "%s"
        output.dir = "%s"
        encoder { hidden = 8, layers = 1 }
        distill { queue = 256, neighbours = 64 }
        train { batch = 8, epochs = 2 }
        round.cores-per-worker = 1
        compare { %s }
        """
            .formatted(data, folder.resolve("out"), compare));
  }

  private static Comparison read(Config given) throws IOException {
    return new ComparisonReader(HADOOP, 1).read("conf/some.conf", given);
  }

  private static Comparison read(String compare) throws IOException {
    return read(recipe(compare));
  }

  @Test
  void every_case_comes_with_every_seed_all_cases_of_a_seed_first() throws IOException {
    Comparison comparison =
        read(
            "seeds = [3, 1], cases = [{ name = A, set { distill.method = base } }, { name = B, set { distill.method = mcl } }]");
    assertThat(comparison.cells().stream().map(ComparisonCell::label))
        .containsExactly("A, seed 3", "B, seed 3", "A, seed 1", "B, seed 1");
    assertThat(comparison.cells().stream().map(cell -> cell.settings().train().seed()))
        .containsExactly(3L, 3L, 1L, 1L);
    assertThat(comparison.title()).isEqualTo("some");
    assertThat(comparison.cells())
        .allSatisfy(
            cell ->
                assertThat(cell.settings().outputDir())
                    .isEqualTo(folder.resolve("out/runs").resolve(cell.run()).toString()));
  }

  @Test
  void a_grid_repeats_every_case_with_every_combination() throws IOException {
    Comparison comparison =
        read(
            """
            cases = [{ name = CMD, set { distill.method = cmd } }, { name = MCL, set { distill.method = mcl } }]
            grid { "distill.temperature.teacher" = [0.01, 0.05], train.batch = [8, 4] }
            """);
    assertThat(comparison.cases())
        .containsExactly(
            "CMD, teacher=0.01, batch=8",
            "CMD, teacher=0.01, batch=4",
            "CMD, teacher=0.05, batch=8",
            "CMD, teacher=0.05, batch=4",
            "MCL, teacher=0.01, batch=8",
            "MCL, teacher=0.01, batch=4",
            "MCL, teacher=0.05, batch=8",
            "MCL, teacher=0.05, batch=4");
    Settings second = comparison.cells().get(1).settings();
    assertThat(second.distill().teacherTemperature()).isEqualTo(0.01);
    assertThat(second.train().batch()).isEqualTo(4);
    assertThat(read("grid { train.batch = [8, 4] }").cases()).containsExactly("batch=8", "batch=4");
  }

  @Test
  void no_name_of_a_case_leads_out_of_the_folder() throws IOException {
    Comparison comparison =
        new ComparisonReader(HADOOP, 1)
            .read(
                "elsewhere/../../some.conf",
                recipe(
                    "cases = [{ name = \"../../etc/x\", set {} }, { name = \"/etc/x\", set { distill.method = mcl } }]"));
    assertThat(comparison.name()).isEqualTo("some");
    assertThat(comparison.cells())
        .hasSize(2)
        .allSatisfy(cell -> assertThat(cell.run()).matches("[a-z0-9]+-seed\\d+-[0-9a-f]{12}"));
  }

  private static String runOf(Config given) throws IOException {
    return read(given).cells().get(0).run();
  }

  @Test
  void a_runs_name_depends_on_what_is_in_its_numbers_and_on_nothing_else() throws IOException {
    String one = "cases = [{ name = CMD, set { distill.method = cmd } }]";
    String name = runOf(recipe(one));
    assertThat(name).matches("cmd-seed1-[0-9a-f]{12}");
    assertThat(runOf(recipe("cases = [{ name = other }]"))).as("a default").isEqualTo(name);
    for (String without :
        List.of(
            "output.dir = elsewhere",
            "checkpoint.keep = 1",
            "evaluate.neighbours = 5",
            "train.momentum = 0.90")) {
      assertThat(runOf(ConfigFactory.parseString(without).withFallback(recipe(one))))
          .as(without)
          .isEqualTo(name);
    }
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(runOf(recipe(one))).as("digits of another script").isEqualTo(name);
    } finally {
      Locale.setDefault(before);
    }
    for (String within :
        List.of(
            "train.epochs = 3",
            "train.momentum = 0.91",
            "distill.temperature.teacher = 0.04",
            "compare.seeds = [2]",
            "round.cores-per-worker = 2",
            "train.schedule = []")) {
      assertThat(runOf(ConfigFactory.parseString(within).withFallback(recipe(one))))
          .as(within)
          .isNotEqualTo(name);
    }
  }

  @Test
  void every_problem_of_every_case_is_named_at_once() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    sedes = [1]
                    seeds = [1, 1]
                    protocols = [knn, guess]
                    cases = [
                      { name = A, set { distill.metod = cmd } }
                      { name = B, set { distill.neighbours = 300, output.dir = x } }
                      { name = B, sut {} }
                    ]
                    grid { train.batch = 8 }
                    """))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll(
            "compare.sedes: unknown key",
            "did you mean compare.seeds?",
            "compare.seeds: a seed stands twice",
            "found 'guess', expected one of knn, retrieval, one-shot, linear, semi-supervised, fine-tune",
            "distill.metod: unknown key",
            "did you mean distill.method? (A)",
            "distill.neighbours: found 300, expected at most distill.queue = 256 (B)",
            "'B' sets output",
            "the name 'B' stands twice",
            "'B' has 'sut'",
            "compare.grid.train.batch: found 8");
  }

  @Test
  void a_list_that_cannot_be_read_is_one_problem_and_seeds_are_whole() {
    assertThatThrownBy(() -> read("seeds = [1.5, 2], cases = [{ set {} }]"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll(
            "compare.seeds: found [1.5,2]",
            "expected a list of whole numbers",
            "compare.cases: found")
        .hasMessageNotContaining("is empty");
    assertThatThrownBy(() -> read("seeds = []")).hasMessageContaining("compare.seeds: is empty");
  }

  @Test
  void a_name_that_would_break_the_table_is_refused() {
    assertThatThrownBy(() -> read("cases = [{ name = \"A\\nB\" }]"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("compare.cases: the name 'A B' has a line break");
  }

  @Test
  void a_batch_that_no_worker_can_fill_is_refused_before_any_work() {
    assertThatThrownBy(
            () -> read("cases = [{ name = A }, { name = B, set { train.batch = 200 } }]"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll("train.batch = 200", "(B)");
  }

  @Test
  void workers_of_several_sizes_do_not_go_into_one_application() {
    assertThatThrownBy(() -> read("grid { round.cores-per-worker = [1, 2] }"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll("round.cores-per-worker", "[1, 2]");
  }

  @Test
  void a_comparison_without_the_block_or_without_cases_says_what_is_missing() {
    assertThatThrownBy(() -> read(recipe("").withoutPath("compare")))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll("conf/some.conf", "compare {", "reference-compare.conf");
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContainingAll("compare.cases", "compare.grid");
  }

  @Test
  void a_single_run_of_a_comparisons_file_is_refused_with_the_command_to_call() {
    assertThatThrownBy(() -> SettingsFile.read(recipe("cases = []"), ConfigFactory.empty()))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("compare --conf");
  }

  static Stream<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "conf"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("compare-(?!runs).*\\.conf"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recipes_can_be_read(Path file) throws IOException {
    Config given =
        SettingsFile.given(
            file.toString(),
            // The generated data is a quarter of UTD-MHAD.
            List.of("data.path=" + data, "output.dir=" + folder, "train.batch=4"),
            HADOOP);
    Comparison comparison = new ComparisonReader(HADOOP, 2).read(file.toString(), given);
    assertThat(comparison.distinctCells())
        .hasSize(comparison.cases().size() * comparison.seeds().size());
  }
}
