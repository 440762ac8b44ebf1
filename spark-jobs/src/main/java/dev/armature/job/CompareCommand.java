package dev.armature.job;

import dev.armature.encoder.EncoderBackend;
import dev.armature.job.preflight.Finding;
import dev.armature.report.ComparedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code compare}: several runs side by side, and the table of what they reach. */
@Command(
    name = "compare",
    description =
        "Trains and evaluates the cases of a comparison, each with several seeds, and writes a table; goes on where it stopped.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit --master 'local[2]' compare \\",
      "      --conf conf/compare-methods.conf --parallel 2",
      "  deploy/local/submit compare --conf conf/compare-methods.conf --dry-run"
    })
final class CompareCommand implements Callable<Integer>, Checked {

  @Mixin private SettingsOptions options;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many runs go on side by side (default 1); no figure depends on it.")
  private int parallel;

  @Option(names = "--dry-run", description = "Only list the runs and what is left to do.")
  private boolean dryRun;

  @Option(
      names = "--table-only",
      description = "Only write table and chart anew, from the runs that are finished.")
  private boolean tableOnly;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    Comparison comparison = comparison(hadoop);
    Map<ComparisonCell, CellState> states = states(comparison, hadoop);
    ComparisonFiles files = new ComparisonFiles(comparison, options, hadoop);
    if (dryRun) {
      list(comparison, states);
      return ExitCode.OK;
    }
    Map<ComparisonCell, CellState> left = new LinkedHashMap<>(states);
    left.values().removeIf(CellState::done);
    if (tableOnly || left.isEmpty()) {
      return write(comparison, files, Map.of());
    }
    requireWritable(files, comparison);
    SparkConf conf = configuration(comparison);
    requireTasks(conf, left.keySet(), comparison);
    int workers =
        left.keySet().stream().mapToInt(cell -> cell.plan().round().workers()).max().orElse(1);
    return Sessions.run(
        conf,
        session -> {
          Preflight.require(inSession(session, left.keySet(), workers));
          return write(
              comparison,
              files,
              new ComparisonRunner(session, comparison, files, parallel).run(left));
        });
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    Comparison comparison = comparison(hadoop);
    states(comparison, hadoop);
    requireTasks(configuration(comparison), comparison.distinctCells(), comparison);
  }

  private static SparkConf configuration(Comparison comparison) {
    return Sessions.configuration("compare", 1, comparison.cores());
  }

  private static void requireTasks(
      SparkConf conf, Collection<ComparisonCell> cells, Comparison comparison) {
    Set<Finding> found = new LinkedHashSet<>();
    for (EncoderBackend backend : backends(cells)) {
      Preflight.requireTrainable(comparison.protocols(), backend);
      found.addAll(Preflight.tasks(conf, backend));
    }
    Preflight.require(List.copyOf(found));
  }

  private static Set<EncoderBackend> backends(Collection<ComparisonCell> cells) {
    return cells.stream()
        .map(cell -> cell.settings().encoder().backend())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Looks at the executors once for each backend and precision that is left to train with. */
  private static List<Finding> inSession(
      SparkSession session, Collection<ComparisonCell> cells, int workers) {
    Map<List<Object>, Settings> distinct = new LinkedHashMap<>();
    for (ComparisonCell cell : cells) {
      Settings.EncoderSettings encoder = cell.settings().encoder();
      distinct.putIfAbsent(
          List.of(encoder.backend(), encoder.execution().precision()), cell.settings());
    }
    Set<Finding> found = new LinkedHashSet<>();
    distinct
        .values()
        .forEach(settings -> found.addAll(Preflight.training(session, settings, workers)));
    return List.copyOf(found);
  }

  private Comparison comparison(Configuration hadoop) throws IOException {
    if (parallel < 1) {
      throw new UserMistakeException(
          "--parallel: found %d, expected a whole number from 1 on".formatted(parallel));
    }
    if (!options.hasRecipe()) {
      throw new UserMistakeException(
          "--conf is missing; it names the comparison, for instance --conf conf/compare-methods.conf");
    }
    return new ComparisonReader(hadoop, parallel).read(options.recipe(), options.given(hadoop));
  }

  private static int write(
      Comparison comparison, ComparisonFiles files, Map<String, String> failures)
      throws IOException {
    List<ComparedRun> runs = files.write(failures, Set.of());
    say(comparison, files, runs);
    return failures.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /**
   * @throws UserMistakeException if there is a run in whose folder something else lies
   */
  private static Map<ComparisonCell, CellState> states(Comparison comparison, Configuration hadoop)
      throws IOException {
    Map<ComparisonCell, CellState> states = new LinkedHashMap<>();
    List<String> hindrances = new ArrayList<>();
    for (ComparisonCell cell : comparison.distinctCells()) {
      CellState state = CellState.of(cell, comparison.protocols(), hadoop);
      states.put(cell, state);
      if (!state.hindrance().isEmpty()) {
        hindrances.add(cell.label() + ": " + state.hindrance());
      }
    }
    if (!hindrances.isEmpty()) {
      throw new UserMistakeException(
          "the comparison cannot go on:\n  - " + String.join("\n  - ", hindrances));
    }
    return states;
  }

  /**
   * Writes the table as it stands, so that a folder nobody can write to is found before any work.
   */
  private static void requireWritable(ComparisonFiles files, Comparison comparison) {
    try {
      files.write(Map.of(), Set.of());
    } catch (IOException unwritable) {
      throw new UserMistakeException(
          "output.dir: nothing can be written to %s: %s; give another folder, or the right to write to it"
              .formatted(comparison.folder(), Failures.describe(unwritable)),
          unwritable);
    }
  }

  private static void list(Comparison comparison, Map<ComparisonCell, CellState> states) {
    System.out.printf(
        "%s: %d cases with %d seeds, %d runs in %s.%n",
        comparison.title(),
        comparison.cases().size(),
        comparison.seeds().size(),
        states.size(),
        comparison.folder());
    states.forEach(
        (cell, state) ->
            System.out.printf("  %s (%s): %s%n", cell.label(), cell.run(), state.text(cell)));
    System.out.printf(
        "%d of %d are done.%n",
        states.values().stream().filter(CellState::done).count(), states.size());
  }

  private static void say(Comparison comparison, ComparisonFiles files, List<ComparedRun> runs) {
    long finished = runs.stream().filter(run -> run.evaluation().isPresent()).count();
    System.out.printf(
        "%s: %d of %d runs are finished. The table is in %s; report RUN RUN… shows runs side by side.%n",
        comparison.title(), finished, runs.size(), files.page());
  }
}
