package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.evaluate.EngineFactory;
import dev.armature.evaluate.EvaluatedEncoders;
import dev.armature.evaluate.Evaluation;
import dev.armature.evaluate.EvaluationClasses;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationInput;
import dev.armature.evaluate.EvaluationMapFile;
import dev.armature.evaluate.EvaluationMemory;
import dev.armature.evaluate.EvaluationProgress;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationSettings;
import dev.armature.evaluate.FeatureFiles;
import dev.armature.job.preflight.EvaluationMemoryCheck;
import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.SparkLayout;
import dev.armature.report.MetricsFile;
import dev.armature.round.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The evaluation of a run's newest checkpoint on a prepared data set; its figures go to the run's
 * {@code evaluation.json} and, class by class, to {@code evaluation-classes.json}, with what tells
 * of which checkpoint and by which settings they are. Used by one thread; several may go on side by
 * side in one session.
 */
final class RunEvaluation {
  /** Key of the checksum of the evaluated checkpoint, in {@code evaluation.json}. */
  static final String CHECKPOINT = "checkpoint.sha256";

  /** The checkpoint; random encoders, a third of it; and either's on their way to executors. */
  private static final double HEAP_OF_CHECKPOINT = 5.0 / 3;

  /** Key of the checksum of the settings of fine-tuning, likewise. */
  static final String FINE_TUNING = "fine-tuning.settings.sha256";

  /** Key of the seed, likewise. */
  static final String SEED = "seed";

  /** Key of {@link #fingerprint}, in {@code evaluation.json}. */
  static final String FINGERPRINT = "settings.sha256";

  private final SparkSession session;
  private final RunFolder folder;
  private final Settings settings;
  private final String data;
  private final Manifest manifest;
  private final Checkpoint checkpoint;
  private final EncoderInput shown;
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
    shown = EncoderInput.of(checkpoint, manifest, data, folder.path());
    engines = EngineFactory.of(settings.encoder().backend(), Sessions.taskCores(session));
  }

  private void requireNeighbours(Set<EvaluationProtocol> protocols) {
    if (!protocols.contains(EvaluationProtocol.KNN)) {
      return;
    }
    int sequences = manifest.split(Split.TRAIN).sequences();
    if (settings.evaluate().neighbours() > sequences) {
      throw new UserMistakeException(
          "evaluate.neighbours is %d, %s has %d training sequences"
              .formatted(settings.evaluate().neighbours(), data, sequences));
    }
  }

  /**
   * Whether there is memory for an evaluation, of which nothing is allocated yet.
   *
   * @param heap bytes that this process's heap may grow to
   */
  List<Finding> memory(Set<EvaluationProtocol> protocols, SparkConf conf, long heap)
      throws IOException {
    EvaluationMemory memory =
        new EvaluationMemory(
            settings.encoder().backend(),
            checkpoint.shape(),
            checkpoint.modalities().size(),
            settings.augment().frames(),
            manifest.split(Split.TRAIN).sequences(),
            manifest.split(Split.TEST).sequences(),
            protocols);
    Path file = folder.checkpoints().path(checkpoint.state().rounds());
    long bytes = folder.fileSystem().getFileStatus(file).getLen();
    return new EvaluationMemoryCheck(
            SparkLayout.of(conf),
            memory,
            Math.round(HEAP_OF_CHECKPOINT * bytes),
            settings.evaluate().linear().epochs())
        .findings(heap);
  }

  Manifest manifest() {
    return manifest;
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** How the data is shown to the encoders, where it is not what they were trained on. */
  EncoderInput shown() {
    return shown;
  }

  /** Where the figures on the data of the run itself are written. */
  static Path file(RunFolder folder) {
    return new Path(folder.path(), EvaluationFile.NAME);
  }

  /**
   * Where the figures are written: {@code evaluation.json}, or on other data than the run's own
   * {@code evaluation-DATASET-PROTOCOL.json}.
   */
  Path file() {
    return named(EvaluationFile.NAME);
  }

  private Path named(String name) {
    String own = checkpoint.provenance().get(Provenance.DATA_CHECKSUM);
    boolean isOwn = own == null || own.equals(manifest.checksum());
    String ending = ".json";
    return new Path(
        folder.path(),
        isOwn
            ? name
            : "%s-%s-%s%s"
                .formatted(
                    name.substring(0, name.length() - ending.length()),
                    manifest.dataset(),
                    manifest.protocol(),
                    ending));
  }

  /** Writes the representations and labels as NumPy files. */
  void writeFeatures(Path to) throws IOException {
    new FeatureFiles(spark(), engines).write(input(), encoders(), to, hadoop());
  }

  /**
   * Measures, and writes the figures down as they come ({@link EvaluationRecord}), beside those of
   * other protocols that are there already if they are of the same checkpoint by the same settings.
   *
   * @param blasThreads of matrix products outside of the encoders; the whole process's number
   * @param pictures whether there is to be a map, and the run's report
   */
  EvaluationResult run(
      Set<EvaluationProtocol> protocols,
      int blasThreads,
      EvaluationProgress progress,
      boolean pictures)
      throws IOException {
    requireNeighbours(protocols);
    MetricsFile.failure(folder.fileSystem(), folder.path())
        .ifPresent(
            reason ->
                LoggedErrors.warn(
                    "the run failed, and what is measured is its newest checkpoint: " + reason));
    EvaluationSettings wanted = evaluation(protocols, blasThreads);
    String sha256 = folder.checkpoints().checksum(checkpoint.state().rounds());
    EvaluationRecord record =
        new EvaluationRecord(
            file(),
            named(EvaluationClasses.NAME),
            named(EvaluationMapFile.NAME),
            wanted,
            identity(sha256),
            pictures,
            hadoop(),
            line -> System.err.println("armature: " + line));
    if (record.isComplete()) {
      return record.result();
    }
    Evaluation evaluation = new Evaluation(spark(), engines, wanted, progress, pictures);
    try {
      evaluation.run(input(), encoders(), classNames(), record);
    } catch (UncheckedIOException unwritable) {
      throw unwritable.getCause();
    }
    evaluation
        .mapFailure()
        .ifPresent(
            failure ->
                LoggedErrors.warn(
                    "there is no map of the test sequences: " + Failures.describe(failure)));
    return record.result();
  }

  /** What tells of what the figures are, and by which settings they were measured. */
  private Map<String, Object> identity(String sha256) {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("data", manifest.dataset() + " " + manifest.protocol());
    if (!shown.description().isEmpty()) {
      identity.put("data.shown", shown.description());
    }
    identity.put(CHECKPOINT, sha256);
    identity.put(FINGERPRINT, fingerprint(settings, manifest));
    identity.put(EvaluationResult.COMPARABLE, comparable(settings, manifest));
    identity.put(FINE_TUNING, fineTuning(settings));
    identity.put(SEED, settings.train().seed());
    return identity;
  }

  /** By label; numbers where names are not known. */
  private List<String> classNames() {
    Manifest.Classes classes = manifest.classes();
    return classes.names().size() == classes.count()
        ? classes.names()
        : IntStream.range(0, classes.count()).mapToObj(Integer::toString).toList();
  }

  /**
   * A checksum of everything but checkpoint and protocols that is in the figures of an evaluation.
   *
   * @return SHA-256 in hexadecimal digits
   */
  static String fingerprint(Settings settings, Manifest manifest) {
    return DigestUtils.sha256Hex(
        String.join(
            "\n",
            comparable(settings, manifest),
            fineTuning(settings),
            Long.toString(settings.train().seed())));
  }

  private static String fineTuning(Settings settings) {
    return DigestUtils.sha256Hex(
        settings
            .config()
            .getConfig("evaluate.fine-tune")
            // Whether there is another figure beside one is not in it.
            .withoutPath("random-weights")
            .root()
            .render(ConfigRenderOptions.concise()));
  }

  /**
   * The same without the seed and what only fine-tuning asks for: figures that have it alike can be
   * compared.
   */
  private static String comparable(Settings settings, Manifest manifest) {
    Config config = settings.config();
    return DigestUtils.sha256Hex(
        String.join(
            "\n",
            // How often encoders are measured on their way is in no figure of an evaluation.
            config
                .getConfig("evaluate")
                .withoutPath("every-epochs")
                .withoutPath("fine-tune")
                .root()
                .render(ConfigRenderOptions.concise()),
            config.getValue("augment").render(ConfigRenderOptions.concise()),
            Boolean.toString(settings.train().shuffle()),
            manifest.checksum()));
  }

  private EvaluationSettings evaluation(Set<EvaluationProtocol> protocols, int blasThreads) {
    Settings.EvaluateSettings evaluate = settings.evaluate();
    return new EvaluationSettings(
        protocols,
        evaluate.neighbours(),
        evaluate.oneShotDraws(),
        evaluate.linear(),
        evaluate.fineTune(),
        settings.train().seed(),
        blasThreads);
  }

  private EvaluationInput input() {
    return new EvaluationInput(
        shown.show(SkeletonStore.read(session, data, Split.TRAIN)),
        shown.show(SkeletonStore.read(session, data, Split.TEST)),
        manifest.classes().count(),
        shown.layout(),
        shown.persons(),
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
