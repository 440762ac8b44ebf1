package dev.armature.job;

import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationTable;
import dev.armature.round.TrainingState;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: what a run's encoders are worth on a labelled data set. */
@Command(
    name = "evaluate",
    description = "Measures a run's encoders beside random weights and a geometric baseline.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit evaluate --run runs/utd-mhad --data utd-mhad",
      "  deploy/local/submit evaluate --run runs/utd-mhad --data utd-mhad \\",
      "      --protocol knn,retrieval --set evaluate.neighbours=5"
    })
final class EvaluateCommand implements Callable<Integer>, Checked {

  private static final String ALL = "all";

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "The run's folder; its newest checkpoint is evaluated.")
  private String run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description =
          "A prepared data set; its joints are mapped to those of the encoders by name where they differ.")
  private String data;

  @Option(
      names = "--protocol",
      split = ",",
      defaultValue = "knn,linear",
      description =
          "Any of knn, retrieval, one-shot, linear, semi-supervised and fine-tune; all; default: knn,linear. The last two train encoders and take long.")
  private List<String> protocols;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Sets a key anew: one under evaluate, such as evaluate.linear-epochs=20, augment.temporal or train.shuffle.")
  private List<String> overrides = List.of();

  @Option(
      names = "--features",
      paramLabel = "DIR",
      description =
          "Also write the representations and labels there, as NumPy files: SPLIT-MODALITY.npy, SPLIT-labels.npy.")
  private String features;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    Set<EvaluationProtocol> measured = protocols();
    Settings settings = new RunFolder(run, hadoop).settings(overrides);
    SparkConf conf = configuration();
    Preflight.requireTrainable(measured, settings.encoder().backend());
    Preflight.require(Preflight.tasks(conf, settings.encoder().backend()));
    return Sessions.run(
        conf,
        session -> {
          Preflight.require(Preflight.inSession(session, settings, 1, null));
          evaluate(session, settings, measured);
          return 0;
        });
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    Set<EvaluationProtocol> measured = protocols();
    Settings settings = new RunFolder(run, hadoop).settings(overrides);
    Preflight.requireTrainable(measured, settings.encoder().backend());
    Manifest.read(hadoop, data);
    Preflight.require(Preflight.tasks(configuration(), settings.encoder().backend()));
  }

  private static SparkConf configuration() {
    return Sessions.configuration("evaluate", 1, 0);
  }

  private Set<EvaluationProtocol> protocols() {
    if (protocols.contains(ALL)) {
      return EnumSet.allOf(EvaluationProtocol.class);
    }
    try {
      return protocols.stream().map(EvaluationProtocol::of).collect(Collectors.toSet());
    } catch (IllegalArgumentException unknown) {
      throw new UserMistakeException("--protocol: " + unknown.getMessage(), unknown);
    }
  }

  private void evaluate(SparkSession session, Settings settings, Set<EvaluationProtocol> measured)
      throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    RunFolder folder = new RunFolder(run, hadoop);
    RunEvaluation evaluation = new RunEvaluation(session, folder, settings, data);
    Preflight.require(
        evaluation.memory(
            measured, session.sparkContext().getConf(), Runtime.getRuntime().maxMemory()));
    System.out.print(DataFit.remark(evaluation.checkpoint()));
    if (!evaluation.shown().description().isEmpty()) {
      System.out.printf("The data is shown as %s.%n", evaluation.shown().description());
    }
    if (features != null) {
      Path written = RunFolder.path(features, hadoop);
      evaluation.writeFeatures(written);
      System.out.printf("Representations written to %s.%n", written);
    }
    EvaluationResult result;
    try (PhaseDisplay display = new PhaseDisplay()) {
      result = evaluation.run(measured, Sessions.taskCores(session), display, true);
    }
    Optional<Path> page = RunReports.attempt(folder, hadoop);
    Manifest manifest = evaluation.manifest();
    TrainingState state = evaluation.checkpoint().state();
    System.out.printf(
        "%s %s, %s after %d rounds, %d steps in all:%n%s%nWritten to %s%s.%n",
        manifest.dataset(),
        manifest.protocol(),
        run,
        state.rounds(),
        state.steps(),
        EvaluationTable.text(result),
        evaluation.file(),
        page.map(written -> "; open " + written + " in a browser").orElse(""));
  }
}
