package dev.armature.evaluate;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The encoders that are measured, and the representations that several protocols need: each is
 * computed when it is first asked for, and let go of when it is closed. Not thread-safe.
 */
final class Subject implements AutoCloseable {
  private final String prefix;
  private final FeatureExtraction extraction;
  private final float[][] parameters;
  private final SequenceBlocks training;
  private final SequenceBlocks test;
  private final EvaluationProgress progress;
  private List<Features> testFeatures;
  private List<Features> testDirections;
  private List<Features> trainingDirections;
  private ComparedSplits compared;

  /**
   * @param prefix of all keys and phases, empty for trained encoders
   * @param parameters by modality
   */
  Subject(
      String prefix,
      FeatureExtraction extraction,
      float[][] parameters,
      SequenceBlocks training,
      SequenceBlocks test,
      EvaluationProgress progress) {
    this.prefix = prefix;
    this.extraction = extraction;
    this.parameters = parameters;
    this.training = training;
    this.test = test;
    this.progress = progress;
  }

  /** The name of a measure or a phase. */
  String name(String protocol) {
    return prefix + protocol;
  }

  FeatureExtraction extraction() {
    return extraction;
  }

  /** Of one modality's encoder. */
  float[] parameters(int modality) {
    return parameters[modality];
  }

  List<Modality> modalities() {
    return extraction.modalities();
  }

  SequenceBlocks training() {
    return training;
  }

  SequenceBlocks test() {
    return test;
  }

  List<String> streams() {
    return StreamNames.of(modalities());
  }

  /** The test split, by modality. */
  List<Features> testFeatures() {
    if (testFeatures == null) {
      testFeatures = extract("representations.test", test);
    }
    return testFeatures;
  }

  /** The same at length 1, as the cosine compares it. */
  List<Features> testDirections() {
    if (testDirections == null) {
      testDirections = testFeatures().stream().map(Metric.COSINE::prepare).toList();
    }
    return testDirections;
  }

  /** The training split at length 1, by modality. */
  List<Features> trainingDirections() {
    if (trainingDirections == null) {
      trainingDirections = new ArrayList<>(extract("representations.training", training));
      // One by one, so that only one is there twice.
      trainingDirections.replaceAll(Metric.COSINE::prepare);
    }
    return trainingDirections;
  }

  /** Both splits at length 1, where tasks find them. */
  ComparedSplits compared(JavaSparkContext spark, int threads) {
    if (compared == null) {
      compared =
          new ComparedSplits(
              spark,
              Metric.COSINE,
              trainingDirections(),
              training.labels(),
              testDirections(),
              test.labels(),
              threads);
    }
    return compared;
  }

  /** Lets go of what only nearest neighbours need; it is the larger part. */
  void forgetDirections() {
    if (compared != null) {
      compared.close();
    }
    compared = null;
    testDirections = null;
    trainingDirections = null;
  }

  @Override
  public void close() {
    forgetDirections();
    testFeatures = null;
    extraction.close();
  }

  private List<Features> extract(String what, SequenceBlocks sequences) {
    List<Features> features = new ArrayList<>();
    String phase = name(what);
    progress.advanced(phase, 0, modalities().size());
    for (Modality modality : modalities()) {
      features.add(extraction.evaluation(sequences, modality));
      progress.advanced(phase, features.size(), modalities().size());
    }
    return features;
  }
}
