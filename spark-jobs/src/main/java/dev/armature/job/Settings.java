package dev.armature.job;

import com.typesafe.config.Config;
import dev.armature.augment.AugmentSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuGru;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import dev.armature.evaluate.FineTuneSettings;
import dev.armature.evaluate.LinearSettings;
import dev.armature.round.GuardSettings;
import dev.armature.round.RoundSettings;
import dev.armature.round.Stages;
import dev.armature.round.TrainSettings;
import dev.armature.skeleton.Modality;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * A run's configuration, read and checked as a whole.
 *
 * @param config what it was read from, defaults included
 * @param dataPath the prepared data set; empty if not set
 * @param outputDir the run's folder; empty if not set
 * @param init what a new run starts from
 * @param modalities at least one, none twice
 * @param encoder sizes of the encoders, apart from what the data decides
 * @param distill what is learned, once all of it has begun
 * @param stages when it begins
 * @param round {@code coresPerWorker} is 0 where it is to be found out
 * @param workforce how far the number of workers may follow the cluster
 * @param guard when a run whose loss grows is given up
 */
public record Settings(
    Config config,
    String dataPath,
    String outputDir,
    InitSettings init,
    List<Modality> modalities,
    EncoderSettings encoder,
    AugmentSettings augment,
    DistillSettings distill,
    Stages stages,
    RoundSettings round,
    WorkforceSettings workforce,
    TrainSettings train,
    CheckpointSettings checkpoint,
    GuardSettings guard,
    LiveSettings live,
    EvaluateSettings evaluate) {

  /** What settings are read for. */
  enum Use {
    /** Everything must be there and go together. */
    TRAINING,
    /** Of a run that is over, or that another program has trained: no batch meets a queue. */
    EVALUATION
  }

  /**
   * What a new run starts from.
   *
   * @param from the folder of another run; empty for initial weights
   * @param epoch epochs that count as done, 0 without another run
   * @param batch batches of the next epoch that count as done, 0 without another run
   */
  public record InitSettings(String from, int epoch, int batch) {}

  /**
   * Sizes of the encoders, as far as they do not follow from the data.
   *
   * @param backend what computes the encoders
   * @param execution how it computes while it trains on a GPU
   */
  public record EncoderSettings(
      int hidden,
      int layers,
      int embedding,
      Recurrence recurrence,
      EncoderBackend backend,
      GpuExecution execution) {}

  /**
   * How far the number of workers may follow the cluster.
   *
   * @param least workers, 1 to those of the round settings; as many as those, and it never changes
   * @param patience how long executors are waited for
   */
  public record WorkforceSettings(int least, Duration patience) {}

  /**
   * When the state of a run is written down.
   *
   * @param everyRounds rounds between two checkpoints
   * @param keep how many remain
   * @param patience for which a file system that refuses is tried again
   */
  public record CheckpointSettings(int everyRounds, int keep, Duration patience) {}

  /**
   * What is shown of a run while it goes on, beside its metrics.
   *
   * @param tensorboard whether there are files for TensorBoard
   */
  public record LiveSettings(boolean tensorboard) {}

  /**
   * How encoders are measured.
   *
   * @param everyEpochs epochs between two measurements while they are trained; 0 for none
   * @param neighbours that vote
   * @param oneShotDraws draws of exemplars
   * @param linear how linear classifiers are trained
   * @param fineTune how encoders and classifiers are trained together
   */
  public record EvaluateSettings(
      int everyEpochs,
      int neighbours,
      int oneShotDraws,
      LinearSettings linear,
      FineTuneSettings fineTune) {}

  /**
   * Reads settings.
   *
   * @param config with defaults
   * @param reference every key there is
   * @param use for which the values must go together
   * @throws UserMistakeException naming every problem
   */
  static Settings read(Config config, Config reference, Use use) {
    ConfigReader reader = new ConfigReader(config, reference);
    Settings settings = read(config, reader, use);
    reader.finish();
    return settings;
  }

  /**
   * Reads settings and leaves it to the caller to refuse them.
   *
   * @param reader of the same configuration; is told of every problem. With any, the settings are
   *     of no use
   * @throws UserMistakeException if the configuration holds a secret
   */
  static Settings read(Config config, ConfigReader reader, Use use) {
    Credentials.refuse(config, System.getenv());
    List<Modality> modalities = reader.choices("encoder.modalities", Modality.class);
    reader.requireSome(modalities, "encoder.modalities");
    reader.require(
        new HashSet<>(modalities).size() == modalities.size() || reader.wrong("encoder.modalities"),
        "encoder.modalities",
        "a modality stands twice in " + modalities.stream().map(Modality::label).toList());
    InitSettings init = init(reader);
    TrainSettings train = RoundReader.train(reader, init);
    EncoderSettings encoder = encoder(reader);
    return new Settings(
        config,
        reader.text("data.path"),
        reader.text("output.dir"),
        init,
        modalities,
        encoder,
        augment(reader),
        DistillReader.settings(reader, train.batch(), use, !init.from().isBlank()),
        DistillReader.stages(reader, train.epochs(), use),
        RoundReader.round(reader),
        workforce(reader),
        train,
        new CheckpointSettings(
            reader.integer("checkpoint.every-rounds", 1),
            reader.integer("checkpoint.keep", 1),
            Duration.ofSeconds(reader.integer("checkpoint.patience-seconds", 0))),
        guard(reader),
        new LiveSettings(reader.flag("live.tensorboard")),
        EvaluateReader.read(reader, train.shuffle(), encoder.backend()));
  }

  private static InitSettings init(ConfigReader reader) {
    String from = reader.text("init.from");
    int epoch = reader.integer("init.epoch", 0);
    reader.require(
        epoch == 0 || !from.isBlank(),
        "init.epoch",
        "found %d, expected 0 without init.from: a run from initial weights has no epochs behind it"
            .formatted(epoch));
    int batch = reader.integer("init.batch", 0);
    reader.require(
        batch == 0 || !from.isBlank(),
        "init.batch",
        "found %d, expected 0 without init.from: a run from initial weights has no batches behind it"
            .formatted(batch));
    return new InitSettings(from, epoch, batch);
  }

  private static EncoderSettings encoder(ConfigReader reader) {
    return new EncoderSettings(
        reader.integer("encoder.hidden", 1),
        reader.integer("encoder.layers", 1),
        reader.integer("encoder.embedding", 1),
        reader.choice("encoder.recurrence", Recurrence.class),
        reader.choice("encoder.backend", EncoderBackend.class),
        new GpuExecution(
            reader.choice("gpu.precision", GpuPrecision.class),
            reader.choice("gpu.gru", GpuGru.class),
            reader.flag("gpu.graphs")));
  }

  private static AugmentSettings augment(ConfigReader reader) {
    double least = Double.MIN_NORMAL;
    return new AugmentSettings(
        reader.choice("augment.temporal", AugmentSettings.Temporal.class),
        reader.choice("augment.spatial", AugmentSettings.Spatial.class),
        reader.integer("augment.frames", 1),
        reader.integer("augment.minimum-crop", 1),
        reader.number("augment.minimum-ratio", least, 1),
        reader.number("augment.downstream-ratio", least, 1),
        reader.number("augment.evaluation-ratio", least, 1),
        reader.number("augment.corrupted-share", 0, 1));
  }

  private static GuardSettings guard(ConfigReader reader) {
    double factor = reader.number("guard.factor", 0, Double.MAX_VALUE);
    reader.require(
        factor == 0 || factor > 1,
        "guard.factor",
        "found %s, expected a number above 1, or 0 for no such guard".formatted(factor));
    return new GuardSettings(
        factor, reader.integer("guard.window", 1), reader.integer("guard.patience", 1));
  }

  private static WorkforceSettings workforce(ConfigReader reader) {
    int most = reader.integer("round.workers", 1);
    int least = reader.integer("round.least-workers", 1);
    reader.require(
        least <= most,
        "round.least-workers",
        "found %d, expected 1 to round.workers = %d".formatted(least, most));
    return new WorkforceSettings(
        least, Duration.ofSeconds(reader.integer("round.wait-seconds", 0)));
  }
}
