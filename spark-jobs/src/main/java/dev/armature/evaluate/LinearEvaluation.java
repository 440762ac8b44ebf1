package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Linear evaluation: one classifier a modality on frozen representations, trained on the driver
 * while the executors compute the representations, where crops are random new ones every epoch.
 *
 * <p>All modalities go through the epochs together, so that the modalities' softmax scores can be
 * added after every epoch: the class with the largest sum is the answer of all streams together.
 * {@link TrainingCrops} says how many epochs are extracted at a time.
 */
final class LinearEvaluation {
  private final LinearSettings settings;
  private final long seed;
  private final int threads;

  LinearEvaluation(LinearSettings settings, long seed, int threads) {
    this.settings = settings;
    this.seed = seed;
    this.threads = threads;
  }

  /**
   * What a classifier reaches.
   *
   * @param accuracy after the last and after the best epoch
   * @param last its answers after the last epoch
   */
  record Reached(LinearAccuracy accuracy, Classification last) {}

  /**
   * Trains the classifiers and measures them after every epoch.
   *
   * @param testFeatures by modality, in the order of the extraction's
   * @param epochsDone is told how many epochs of all modalities' are done
   * @return by modality, and last for all together if there are several
   */
  List<Reached> classify(
      FeatureExtraction extraction,
      SequenceBlocks training,
      List<Features> testFeatures,
      int[] testLabels,
      int classes,
      IntConsumer epochsDone) {
    int streams = testFeatures.size();
    double[][] accuracies = new double[streams == 1 ? 1 : streams + 1][settings.epochs()];
    Classification[] last = new Classification[accuracies.length];
    List<LinearClassifier> classifiers = new ArrayList<>();
    FloatMatrix.useThreads(threads);
    try {
      for (int stream = 0; stream < streams; stream++) {
        classifiers.add(
            new LinearClassifier(
                testFeatures.get(stream).columns(),
                classes,
                settings.batch(),
                settings.initialDeviation(),
                Seeds.combine(Seeds.combine(seed, "linear weights"), stream)));
      }
      int done = 0;
      TrainingCrops crops = new TrainingCrops(extraction, training, seed);
      int atOnce = crops.epochsAtOnce();
      for (int first = 0; first < settings.epochs(); first += atOnce) {
        int epochs = Math.min(atOnce, settings.epochs() - first);
        float[][] sums = new float[epochs][testLabels.length * classes];
        for (int stream = 0; stream < streams; stream++) {
          LinearClassifier classifier = classifiers.get(stream);
          List<Features> extracted = crops.of(extraction.modalities().get(stream), first, epochs);
          for (int next = 0; next < epochs; next++) {
            train(classifier, extracted.get(next), training.labels(), first + next);
            float[] scores = classifier.classify(testFeatures.get(stream));
            last[stream] = Classification.ofScores(scores, testLabels, classes);
            accuracies[stream][first + next] = last[stream].top(1);
            for (int place = 0; place < scores.length; place++) {
              sums[next][place] += scores[place];
            }
            done++;
          }
          epochsDone.accept(done);
        }
        for (int next = 0; next < epochs && streams > 1; next++) {
          last[streams] = Classification.ofScores(sums[next], testLabels, classes);
          accuracies[streams][first + next] = last[streams].top(1);
        }
      }
    } finally {
      classifiers.forEach(LinearClassifier::close);
    }
    List<Reached> reached = new ArrayList<>();
    for (int measure = 0; measure < last.length; measure++) {
      reached.add(new Reached(LinearAccuracy.of(accuracies[measure]), last[measure]));
    }
    return reached;
  }

  private void train(LinearClassifier classifier, Features crops, int[] labels, int epoch) {
    int[] order =
        settings.shuffle()
            ? LinearClassifier.order(
                crops.rows(), Seeds.combine(Seeds.combine(seed, "linear order"), epoch))
            : LinearClassifier.order(crops.rows());
    float learningRate = settings.learningRate(epoch);
    for (int first = 0; first < order.length; first += settings.batch()) {
      int count = Math.min(settings.batch(), order.length - first);
      classifier.step(
          crops, labels, order, first, count, learningRate, (float) settings.momentum());
    }
  }
}
