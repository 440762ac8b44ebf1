package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
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
import dev.armature.evaluate.EvaluationMapFile;
import dev.armature.evaluate.EvaluationProgress;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationSettings;
import dev.armature.evaluate.FeatureFiles;
import dev.armature.evaluate.LinearSettings;
import dev.armature.round.Checkpoint;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The evaluation of a run's newest checkpoint on a prepared data set; its figures go to the run's
 * {@code evaluation.json}, with what tells of which checkpoint and by which settings they are. Used
 * by one thread; several may go on side by side in one session.
 */
final class RunEvaluation {
  /** Key of the checksum of the evaluated checkpoint, in {@code evaluation.json}. */
  static final String CHECKPOINT = "checkpoint.sha256";

  /** The checkpoint; random encoders, a third of it; and either's on their way to executors. */
  private static final double HEAP_OF_CHECKPOINT = 5.0 / 3;

  /** Key of {@link #fingerprint}, in {@code evaluation.json}. */
  static final String FINGERPRINT = "settings.sha256";

  private final SparkSession session;
  private final RunFolder folder;
  private final Settings settings;
  private final String data;
  private final Manifest manifest;
  private final Checkpoint checkpoint;
  private final EngineFactory engines;

  /**
   * Reads the newest checkpoint and asks whether it goes with the data.
   *
   * @param data a prepared data set
   * @throws UserMistakeException if there is no checkpoint, or the data does not fit
   */
  RunEvaluation(SparkSession session, RunFolder folder, Settings settings, String data)
      throws IOException {
    this.session = session;
    this.folder = folder;
    this.settings = settings;
    this.data = data;
    folder.requireHeap(HEAP_OF_CHECKPOINT);
    checkpoint = folder.requireCheckpoint();
    manifest = Manifest.read(hadoop(), data);
    requireFit();
    EncoderBackend backend = settings.encoder().backend();
    int threads = Sessions.taskCores(session);
    engines = (shape, modalities) -> EncoderEngines.open(shape, modalities, backend, threads);
  }

  private void requireFit() {
    DataFit.misfit(checkpoint, manifest)
        .ifPresent(
            misfit -> {
              throw new UserMistakeException(
                  "%s does not fit the encoders of %s: %s%nEvaluate on data prepared with the same layout (prepare --layout)."
                      .formatted(data, folder.path(), misfit));
            });
    int sequences = manifest.split(Split.TRAIN).sequences();
    if (settings.evaluate().neighbours() > sequences) {
      throw new UserMistakeException(
          "evaluate.neighbours is %d, %s has %d training sequences"
              .formatted(settings.evaluate().neighbours(), data, sequences));
    }
  }

  Manifest manifest() {
    return manifest;
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Where the figures are written. */
  static Path file(RunFolder folder) {
    return new Path(folder.path(), EvaluationFile.NAME);
  }

  /** Writes the representations and labels as NumPy files. */
  void writeFeatures(Path to) throws IOException {
    new FeatureFiles(spark(), engines).write(input(), encoders(), to, hadoop());
  }

  /**
   * Measures, and writes the figures down.
   *
   * @param blasThreads of matrix products outside of the encoders; the whole process's number
   */
  EvaluationResult run(
      Set<EvaluationProtocol> protocols, int blasThreads, EvaluationProgress progress)
      throws IOException {
    Evaluation evaluation =
        new Evaluation(spark(), engines, evaluation(protocols, blasThreads), progress);
    EvaluationResult measured = evaluation.run(input(), encoders());
    Map<String, Object> values = new LinkedHashMap<>(measured.values());
    values.put(CHECKPOINT, folder.checkpoints().checksum(checkpoint.state().rounds()));
    values.put(FINGERPRINT, fingerprint(settings, manifest));
    EvaluationResult result = new EvaluationResult(values);
    if (evaluation.map().isPresent()) {
      EvaluationMapFile.write(
          evaluation.map().get(), new Path(folder.path(), EvaluationMapFile.NAME), hadoop());
    }
    EvaluationFile.write(result, file(folder), hadoop());
    RunReports.attempt(folder, hadoop());
    return result;
  }

  /**
   * A checksum of everything but checkpoint and protocols that is in the figures of an evaluation.
   *
   * @return SHA-256 in hexadecimal digits
   */
  static String fingerprint(Settings settings, Manifest manifest) {
    Config config = settings.config();
    return DigestUtils.sha256Hex(
        String.join(
            "\n",
            config.getValue("evaluate").render(ConfigRenderOptions.concise()),
            config.getValue("augment").render(ConfigRenderOptions.concise()),
            Long.toString(settings.train().seed()),
            Boolean.toString(settings.train().shuffle()),
            manifest.checksum()));
  }

  private EvaluationSettings evaluation(Set<EvaluationProtocol> protocols, int blasThreads) {
    Settings.EvaluateSettings evaluate = settings.evaluate();
    return new EvaluationSettings(
        protocols,
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
        blasThreads);
  }

  private EvaluationInput input() {
    return new EvaluationInput(
        SkeletonStore.read(session, data, Split.TRAIN),
        SkeletonStore.read(session, data, Split.TEST),
        manifest.classes().count(),
        manifest.layout(),
        manifest.persons(),
        settings.augment());
  }

  private EvaluatedEncoders encoders() {
    int modalities = checkpoint.modalities().size();
    float[][] trained = new float[modalities][];
    float[][] random = new float[modalities][];
    for (int m = 0; m < modalities; m++) {
      trained[m] = checkpoint.state().model().query().get(m).values();
      random[m] = EncoderInitializer.initialize(checkpoint.shape(), settings.train().seed(), m);
    }
    return new EvaluatedEncoders(checkpoint.shape(), checkpoint.modalities(), trained, random);
  }

  private JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  private Configuration hadoop() {
    return session.sparkContext().hadoopConfiguration();
  }
}
