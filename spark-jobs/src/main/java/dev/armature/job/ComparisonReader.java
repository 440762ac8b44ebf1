package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.round.RoundSchedule;
import dev.armature.round.TrainingPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads a comparison and the settings of every run in it before any work, and names every problem
 * of all of them at once. Not thread-safe.
 */
final class ComparisonReader {
  /** The block that makes a recipe a comparison. */
  static final String BLOCK = "compare";

  private static final String CASES = BLOCK + ".cases";
  private static final String GRID = BLOCK + ".grid";
  private static final String EXPECTED_CASE = "a list of { name = \"…\", set { keys } }";

  private final Configuration hadoop;
  private final int runs;

  /** Cases by problem. */
  private final Map<String, Set<String>> problems = new LinkedHashMap<>();

  private final Map<String, Manifest> manifests = new HashMap<>();
  private final Map<String, String> unreadable = new HashMap<>();

  /**
   * @param runs how many of its runs are to go on side by side
   */
  ComparisonReader(Configuration hadoop, int runs) {
    this.hadoop = hadoop;
    this.runs = runs;
  }

  /**
   * Reads a comparison.
   *
   * @param file for the names of what is written
   * @param given what the user gives, without defaults
   * @throws UserMistakeException naming everything that is wrong with it
   */
  Comparison read(String file, Config given) throws IOException {
    if (!given.hasPath(BLOCK)) {
      throw new UserMistakeException(
          "%s has no block %s { cases = %s }, which says what is to be compared; reference-compare.conf documents it, and conf/compare-methods.conf is one"
              .formatted(file, BLOCK, EXPECTED_CASE.substring("a list of ".length())));
    }
    Config reference =
        ConfigFactory.parseResources(
            ComparisonReader.class.getClassLoader(), "reference-compare.conf");
    Config all = SettingsFile.resolve(given.withFallback(reference)).withOnlyPath(BLOCK);
    ConfigReader reader = new ConfigReader(all.withoutPath(GRID), reference);
    List<ComparisonCase> cases = cases(all, reader);
    List<Long> seeds = reader.wholes("compare.seeds");
    reader.requireSome(seeds, "compare.seeds");
    reader.require(
        new HashSet<>(seeds).size() == seeds.size(), "compare.seeds", "a seed stands twice");
    List<EvaluationProtocol> protocols =
        reader.choices("compare.protocols", EvaluationProtocol.class);
    reader.requireSome(protocols, "compare.protocols");
    String title = reader.text("compare.title");
    Config recipe = given.withoutPath(BLOCK);
    String folder = SettingsFile.text(recipe, "output.dir");
    reader.require(
        !folder.isBlank(),
        "output.dir",
        "not set; it is the folder for the runs and the table (--set output.dir=…)");
    reader.problems().forEach(problem -> problems.put(problem, Set.of()));
    List<ComparisonCell> cells = cells(recipe, folder, cases, seeds);
    refuse(cases.size());
    String name = new Path(file).getName().replaceFirst("\\.conf$", "");
    return new Comparison(
        name,
        title.isBlank() ? name : title,
        folder,
        Set.copyOf(protocols),
        cases.stream().map(ComparisonCase::name).toList(),
        seeds,
        cells,
        cells.get(0).plan().round().coresPerWorker());
  }

  private static List<ComparisonCase> cases(Config all, ConfigReader reader) {
    List<ComparisonCase> named =
        reader.objects(CASES, EXPECTED_CASE, one -> namedCase(one, reader));
    ComparisonGrid grid = ComparisonGrid.read(all.getConfig(GRID), reader);
    reader.require(
        !named.isEmpty() || !all.getConfig(GRID).isEmpty() || reader.wrong(CASES),
        CASES,
        "is empty and so is compare.grid; expected " + EXPECTED_CASE);
    List<ComparisonCase> repeated =
        named.isEmpty() ? List.of(new ComparisonCase("", ConfigFactory.empty())) : named;
    List<ComparisonCase> cases =
        repeated.stream().flatMap(one -> grid.combinedWith(one).stream()).toList();
    Set<String> names = new HashSet<>();
    for (ComparisonCase one : cases) {
      reader.require(
          names.add(one.name()), CASES, "the name '%s' stands twice".formatted(one.name()));
      for (String fixed : List.of("output", "train.seed", BLOCK)) {
        reader.require(
            !one.set().hasPath(fixed),
            CASES,
            "'%s' sets %s, which is not for a case to set; folders are named by compare, seeds are compare.seeds"
                .formatted(one.name(), fixed));
      }
    }
    return cases;
  }

  private static ComparisonCase namedCase(Config one, ConfigReader reader) {
    String name = one.getString("name");
    reader.require(!name.isBlank(), CASES, "a case has an empty name");
    reader.require(
        name.chars().noneMatch(Character::isISOControl),
        CASES,
        "the name '%s' has a line break or another control character, expected one line"
            .formatted(name.replaceAll("\\p{Cntrl}+", " ")));
    for (String key : one.root().keySet()) {
      reader.require(
          key.equals("name") || key.equals("set"),
          CASES,
          "'%s' has '%s', expected name and set; what a run is to have goes into set { … }"
              .formatted(name, key));
    }
    return new ComparisonCase(
        name, one.hasPath("set") ? one.getConfig("set") : ConfigFactory.empty());
  }

  private List<ComparisonCell> cells(
      Config recipe, String folder, List<ComparisonCase> cases, List<Long> seeds)
      throws IOException {
    List<ComparisonCell> cells = new ArrayList<>();
    for (long seed : seeds) {
      for (ComparisonCase one : cases) {
        cell(recipe, folder, one, seed).ifPresent(cells::add);
      }
    }
    Set<Integer> cores = new LinkedHashSet<>();
    cells.forEach(cell -> cores.add(cell.plan().round().coresPerWorker()));
    if (cores.size() > 1) {
      problems.put(
          "round.cores-per-worker: the cases have workers of %s cores, and a Spark application has tasks of one size: set it, to the same number for all"
              .formatted(cores),
          Set.of());
    }
    return cells;
  }

  /** Empty if there is a problem. */
  private Optional<ComparisonCell> cell(Config recipe, String folder, ComparisonCase one, long seed)
      throws IOException {
    try {
      Config given =
          one.set()
              .withValue("train.seed", ConfigValueFactory.fromAnyRef(seed))
              .withFallback(recipe);
      Config reference = SettingsFile.reference();
      Config config = SettingsFile.resolve(given.withFallback(InitialRun.sizes(given, hadoop)));
      ConfigReader reader = new ConfigReader(config, reference);
      Settings settings = Settings.read(config, reader, Settings.Use.TRAINING);
      reader.require(
          !settings.dataPath().isBlank(),
          "data.path",
          "not set; it is the folder that prepare wrote");
      reader.require(
          reader.wrong("round.least-workers")
              || settings.workforce().least() == settings.round().workers(),
          "round.least-workers",
          "found %d, expected round.workers = %d: runs that are compared have the same number of workers throughout"
              .formatted(settings.workforce().least(), settings.round().workers()));
      reader.problems().forEach(problem -> problem(problem, one));
      if (!reader.problems().isEmpty() || folder.isBlank()) {
        return Optional.empty();
      }
      Optional<Manifest> manifest = manifest(settings.dataPath(), one);
      return manifest.isPresent()
          ? Optional.of(cell(folder, one, settings, manifest.get()))
          : Optional.empty();
    } catch (UserMistakeException
        | DatasetException
        | ConfigException
        | IllegalArgumentException wrong) {
      problem(wrong.getMessage(), one);
      return Optional.empty();
    }
  }

  private ComparisonCell cell(
      String folder, ComparisonCase one, Settings settings, Manifest manifest) throws IOException {
    int workers = settings.round().workers();
    int cores = Sessions.plannedCores(workers, settings.round().coresPerWorker());
    TrainingPlan plan = Plans.of(settings, manifest, cores);
    DriverMemory.require(
        Sessions.configuration("compare", workers, settings.round().coresPerWorker()),
        plan,
        manifest,
        runs,
        Runtime.getRuntime().maxMemory(),
        EpochEvaluation.memory(settings, plan));
    int sequences = manifest.split(Split.TRAIN).sequences();
    if (settings.evaluate().neighbours() > sequences) {
      throw new UserMistakeException(
          "evaluate.neighbours is %d, %s has %d training sequences"
              .formatted(settings.evaluate().neighbours(), settings.dataPath(), sequences));
    }
    RoundSchedule schedule = new RoundSchedule(sequences / workers, settings.train(), plan.round());
    Optional<InitialRun> initial = InitialRun.of(settings.init().from(), hadoop);
    String checksum = initial.isPresent() ? initial.get().checksum() : "";
    String run = ComparisonCell.name(settings, cores, manifest, checksum);
    Config own =
        ComparisonCell.writingTo(
            settings.config(), new Path(new Path(folder, Comparison.RUNS), run).toString());
    Config reference = SettingsFile.reference();
    return new ComparisonCell(
        one.name(),
        settings.train().seed(),
        Settings.read(own, reference, Settings.Use.TRAINING),
        manifest,
        plan,
        schedule.steps(),
        schedule.rounds(),
        run);
  }

  private Optional<Manifest> manifest(String data, ComparisonCase one) throws IOException {
    if (!manifests.containsKey(data) && !unreadable.containsKey(data)) {
      try {
        manifests.put(data, Manifest.read(hadoop, data));
      } catch (DatasetException none) {
        unreadable.put(data, "data.path: " + none.getMessage());
      }
    }
    if (unreadable.containsKey(data)) {
      problem(unreadable.get(data), one);
    }
    return Optional.ofNullable(manifests.get(data));
  }

  private void problem(String problem, ComparisonCase one) {
    problems.computeIfAbsent(problem, added -> new LinkedHashSet<>()).add(one.name());
  }

  private void refuse(int cases) {
    ConfigReader.refuse(
        problems.entrySet().stream()
            .map(
                problem ->
                    problem.getValue().isEmpty() || problem.getValue().size() == cases
                        ? problem.getKey()
                        : "%s (%s)"
                            .formatted(problem.getKey(), String.join("; ", problem.getValue())))
            .toList());
  }
}
