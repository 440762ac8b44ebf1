package dev.armature.evaluate;

import java.util.Locale;

/** What is needed to read the figures of an evaluation, beside them. */
final class EvaluationDescription {
  private final EvaluationSettings settings;

  EvaluationDescription(EvaluationSettings settings) {
    this.settings = settings;
  }

  private boolean wanted(EvaluationProtocol protocol) {
    return settings.protocols().contains(protocol);
  }

  /** Adds what all figures of an evaluation are of. */
  void describe(
      EvaluationInput input,
      SequenceBlocks training,
      SequenceBlocks test,
      EvaluatedEncoders encoders,
      Figures figures) {
    figures.put("chance" + EvaluationResult.ACCURACY, 100.0 / input.classes());
    figures.put("classes", input.classes());
    figures.put("train.sequences", training.rows());
    figures.put("test.sequences", test.rows());
    figures.put(
        "layer",
        "last frame of recurrent layer %d, before the heads, %d numbers"
            .formatted(encoders.shape().layers(), encoders.shape().representation()));
    if (wanted(EvaluationProtocol.KNN)) {
      figures.put("knn.k", settings.neighbours());
      figures.put("knn.metric", Metric.COSINE.label());
    }
    if (wanted(EvaluationProtocol.RETRIEVAL)) {
      figures.put("retrieval.metric", Metric.COSINE.label());
      figures.put("retrieval.gallery", "training split");
    }
    if (wanted(EvaluationProtocol.ONE_SHOT)) {
      figures.put("one-shot.metric", Metric.COSINE.label());
      figures.put("one-shot.exemplars", "one training sequence a class");
      figures.put("one-shot.draws", settings.oneShotDraws());
    }
    if (wanted(EvaluationProtocol.LINEAR)) {
      describeLinear(input, figures);
    }
    if (wanted(EvaluationProtocol.SEMI_SUPERVISED)) {
      figures.put("semi-supervised.draws", settings.fineTune().draws());
    }
    if (wanted(EvaluationProtocol.SEMI_SUPERVISED) || wanted(EvaluationProtocol.FINE_TUNE)) {
      describeFineTuning(input, figures);
    }
    figures.put("seed", settings.seed());
  }

  private void describeLinear(EvaluationInput input, Figures figures) {
    LinearSettings linear = settings.linear();
    figures.put("linear.epochs", linear.epochs());
    figures.put("linear.batch", linear.batch());
    figures.put("linear.learning-rate", Double.toString(linear.learningRate()));
    figures.put("linear.initial-deviation", Double.toString(linear.initialDeviation()));
    figures.put("linear.order", linear.shuffle() ? "shuffled" : "data set");
    figures.put("linear.crops", crops(input));
  }

  private void describeFineTuning(EvaluationInput input, Figures figures) {
    FineTuneSettings fineTune = settings.fineTune();
    figures.put("fine-tuning.trained", "encoder and classifier, by modality");
    figures.put("fine-tuning.epochs", fineTune.epochs());
    figures.put("fine-tuning.batch", fineTune.batch());
    figures.put(
        "fine-tuning.encoder-learning-rate", Double.toString(fineTune.encoderLearningRate()));
    figures.put(
        "fine-tuning.classifier-learning-rate", Double.toString(fineTune.classifierLearningRate()));
    figures.put("fine-tuning.workers", fineTune.workers());
    figures.put("fine-tuning.averaging-frequency", fineTune.averagingFrequency());
    figures.put("fine-tuning.order", fineTune.shuffle() ? "shuffled" : "data set");
    figures.put("fine-tuning.crops", crops(input));
  }

  private static String crops(EvaluationInput input) {
    return input.views().temporal().name().toLowerCase(Locale.ROOT);
  }
}
