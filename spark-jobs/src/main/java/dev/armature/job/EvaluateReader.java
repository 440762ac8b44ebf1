package dev.armature.job;

import dev.armature.encoder.EncoderBackend;
import dev.armature.evaluate.FineTuneSettings;
import dev.armature.evaluate.LinearSettings;
import java.util.List;

/** Reads what stands under {@code evaluate}. */
final class EvaluateReader {
  private static final String FINE_TUNE = "evaluate.fine-tune.";

  private EvaluateReader() {}

  /**
   * @param reader is told of every problem
   * @param shuffle whether epochs have orders of their own
   * @param backend what computes the encoders
   */
  static Settings.EvaluateSettings read(
      ConfigReader reader, boolean shuffle, EncoderBackend backend) {
    return new Settings.EvaluateSettings(
        reader.integer("evaluate.every-epochs", 0),
        reader.integer("evaluate.neighbours", 1),
        reader.integer("evaluate.one-shot-draws", 1),
        linear(reader, shuffle),
        fineTune(reader, shuffle, backend));
  }

  private static LinearSettings linear(ConfigReader reader, boolean shuffle) {
    int epochs = reader.integer("evaluate.linear-epochs", 1);
    return new LinearSettings(
        epochs,
        reader.positive("evaluate.linear-learning-rate"),
        LinearSettings.PUBLISHED.momentum(),
        reader.integer("evaluate.linear-batch", 1),
        LinearSettings.published(epochs).milestones(),
        reader.number("evaluate.linear-initial-deviation", 0, Double.MAX_VALUE),
        shuffle);
  }

  private static FineTuneSettings fineTune(
      ConfigReader reader, boolean shuffle, EncoderBackend backend) {
    int epochs = reader.integer(FINE_TUNE + "epochs", 1);
    List<Double> fractions = reader.fractions(FINE_TUNE + "fractions");
    reader.requireSome(fractions, FINE_TUNE + "fractions");
    return new FineTuneSettings(
        epochs,
        reader.integer(FINE_TUNE + "batch", 1),
        reader.positive(FINE_TUNE + "encoder-learning-rate"),
        reader.positive(FINE_TUNE + "classifier-learning-rate"),
        FineTuneSettings.PUBLISHED.momentum(),
        // The same shares of the epochs as the linear classifier's.
        LinearSettings.published(epochs).milestones(),
        shuffle,
        reader.integer(FINE_TUNE + "workers", 1),
        reader.integer(FINE_TUNE + "averaging-frequency", 1),
        fractions.isEmpty() ? FineTuneSettings.PUBLISHED.fractions() : fractions,
        reader.integer(FINE_TUNE + "draws", 1),
        reader.flag(FINE_TUNE + "random-weights"),
        backend);
  }
}
