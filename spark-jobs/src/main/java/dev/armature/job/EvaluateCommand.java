package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.evaluate.EngineFactory;
import dev.armature.evaluate.EvaluatedEncoders;
import dev.armature.evaluate.Evaluation;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationInput;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationSettings;
import dev.armature.evaluate.EvaluationTable;
import dev.armature.evaluate.FeatureFiles;
import dev.armature.evaluate.LinearSettings;
import dev.armature.round.Checkpoint;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: what a run's encoders are worth on a labelled data set. */
@Command(
    name = "evaluate",
    description = "Measures a run's encoders beside random weights and a geometric baseline.")
final class EvaluateCommand implements Callable<Integer> {

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
      description = "A prepared data set of the same layout.")
  private String data;

  @Option(
      names = "--protocol",
      split = ",",
      defaultValue = "knn,linear",
      description = "knn, linear, or both (default).")
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
    try (SparkSession session = Sessions.open("evaluate", 1, 0)) {
      evaluate(session, settings, measured);
    }
    return 0;
  }

  private Set<EvaluationProtocol> protocols() {
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
    Checkpoint checkpoint = folder.requireCheckpoint();
    Manifest manifest = Manifest.read(hadoop, data);
    requireFit(checkpoint, manifest);
    EvaluationResult result;
    if (settings.evaluate().neighbours() > manifest.split(Split.TRAIN).sequences()) {
      throw new UserMistakeException(
          "evaluate.neighbours is %d, %s has %d training sequences"
              .formatted(
                  settings.evaluate().neighbours(), data, manifest.split(Split.TRAIN).sequences()));
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    EngineFactory engines = engines(settings.encoder().backend(), Sessions.taskCores(session));
    EvaluationInput input = input(session, settings, manifest);
    EvaluatedEncoders encoders = encoders(checkpoint, settings);
    if (features != null) {
      Path written = RunFolder.path(features, hadoop);
      new FeatureFiles(spark, engines).write(input, encoders, written, hadoop);
      System.out.printf("Representations written to %s.%n", written);
    }
    try (PhaseDisplay display = new PhaseDisplay()) {
      result =
          new Evaluation(
                  spark,
                  engines,
                  evaluation(settings, measured, Sessions.taskCores(session)),
                  display)
              .run(input, encoders);
    }
    Path file = new Path(folder.path(), EvaluationFile.NAME);
    EvaluationFile.write(result, file, hadoop);
    System.out.printf(
        "%s %s, %s after %d rounds, %d steps in all:%n%s%nWritten to %s.%n",
        manifest.dataset(),
        manifest.protocol(),
        run,
        checkpoint.state().rounds(),
        checkpoint.state().steps(),
        EvaluationTable.text(result),
        file);
  }

  private void requireFit(Checkpoint checkpoint, Manifest manifest) {
    DataFit.misfit(checkpoint, manifest)
        .ifPresent(
            misfit -> {
              throw new UserMistakeException(
                  "%s does not fit the encoders of %s: %s%nEvaluate on data prepared with the same layout (prepare --layout)."
                      .formatted(data, run, misfit));
            });
    System.out.print(DataFit.remark(checkpoint));
  }

  private static EngineFactory engines(EncoderBackend backend, int threads) {
    return (shape, modalities) -> EncoderEngines.open(shape, modalities, backend, threads);
  }

  private static EvaluationSettings evaluation(
      Settings settings, Set<EvaluationProtocol> measured, int threads) {
    Settings.EvaluateSettings evaluate = settings.evaluate();
    return new EvaluationSettings(
        measured,
        evaluate.neighbours(),
        new LinearSettings(
            evaluate.linearEpochs(),
            evaluate.linearLearningRate(),
            LinearSettings.PUBLISHED.momentum(),
            evaluate.linearBatch(),
            LinearSettings.published(evaluate.linearEpochs()).milestones(),
            evaluate.linearInitialDeviation(),
            settings.train().shuffle()),
        settings.train().seed(),
        threads);
  }

  private EvaluationInput input(SparkSession session, Settings settings, Manifest manifest) {
    return new EvaluationInput(
        SkeletonStore.read(session, data, Split.TRAIN),
        SkeletonStore.read(session, data, Split.TEST),
        manifest.classes().count(),
        manifest.layout(),
        manifest.persons(),
        settings.augment());
  }

  private static EvaluatedEncoders encoders(Checkpoint checkpoint, Settings settings) {
    int modalities = checkpoint.modalities().size();
    float[][] trained = new float[modalities][];
    float[][] random = new float[modalities][];
    for (int m = 0; m < modalities; m++) {
      trained[m] = checkpoint.state().model().query().get(m).values();
      random[m] = EncoderInitializer.initialize(checkpoint.shape(), settings.train().seed(), m);
    }
    return new EvaluatedEncoders(checkpoint.shape(), checkpoint.modalities(), trained, random);
  }
}
