package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One-shot classification: of every class one training sequence is drawn, its exemplar, and a test
 * sequence is given the class of the exemplar nearest to it. Drawn anew several times, each time of
 * all classes alike.
 *
 * <p>The idea is that of NTU RGB+D 120's one-shot protocol (Liu et al., TPAMI 2019), which knows
 * one exemplar of each of 20 classes that training never saw. Encoders here were trained without
 * labels, so that every class is new to them; and exemplars are drawn, where the protocol names its
 * own.
 */
final class OneShotEvaluation {
  /** Rows compared at once. */
  private static final int ROWS = 512;

  private final int draws;
  private final long seed;
  private final int threads;

  OneShotEvaluation(int draws, long seed, int threads) {
    this.draws = draws;
    this.seed = seed;
    this.threads = threads;
  }

  /**
   * Classifies every test sequence in every draw.
   *
   * @param training by stream, rows of length 1
   * @param test by stream, rows of length 1
   * @return by stream, and last by all streams together if there are several; of each, every draw
   */
  List<List<Classification>> classify(
      List<Features> training,
      int[] trainingLabels,
      List<Features> test,
      int[] testLabels,
      int classes) {
    FloatMatrix.useThreads(threads);
    int streams = training.size();
    List<List<Classification>> answers = new ArrayList<>();
    for (int measure = 0; measure < (streams == 1 ? 1 : streams + 1); measure++) {
      answers.add(new ArrayList<>());
    }
    for (int draw = 0; draw < draws; draw++) {
      int[] exemplars = exemplars(trainingLabels, classes, draw);
      float[] sum = new float[testLabels.length * classes];
      for (int stream = 0; stream < streams; stream++) {
        float[] scores = scores(training.get(stream), exemplars, test.get(stream));
        answers.get(stream).add(Classification.ofScores(scores, testLabels, classes));
        for (int place = 0; place < sum.length; place++) {
          sum[place] += scores[place];
        }
      }
      if (streams > 1) {
        answers.get(streams).add(Classification.ofScores(sum, testLabels, classes));
      }
    }
    return answers;
  }

  /** By class the row of a draw's exemplar; −1 where the class has no training sequence. */
  int[] exemplars(int[] labels, int classes, int draw) {
    SplittableRandom random =
        new SplittableRandom(Seeds.combine(Seeds.combine(seed, "exemplars"), draw));
    int[] exemplars = new int[classes];
    int[] seen = new int[classes];
    Arrays.fill(exemplars, -1);
    for (int row = 0; row < labels.length; row++) {
      // Of n rows each is the last one taken with chance 1/n.
      if (random.nextInt(++seen[labels[row]]) == 0) {
        exemplars[labels[row]] = row;
      }
    }
    return exemplars;
  }

  private static float[] scores(Features training, int[] exemplars, Features test) {
    int classes = exemplars.length;
    float[] scores = new float[test.rows() * classes];
    float[] some = new float[ROWS * classes];
    try (FloatMatrix right = new FloatMatrix(classes, training.columns());
        FloatMatrix left = new FloatMatrix(ROWS, training.columns());
        FloatMatrix products = new FloatMatrix(ROWS, classes)) {
      for (int label = 0; label < classes; label++) {
        if (exemplars[label] >= 0) {
          right.loadRow(label, training.values(), exemplars[label]);
        }
      }
      for (int first = 0; first < test.rows(); first += ROWS) {
        int rows = Math.min(ROWS, test.rows() - first);
        left.load(test.values(), first, rows);
        products.product(left, rows, right, classes);
        products.store(some, rows);
        for (int place = 0; place < rows * classes; place++) {
          scores[first * classes + place] =
              exemplars[place % classes] < 0 ? Float.NEGATIVE_INFINITY : some[place];
        }
      }
    }
    return scores;
  }
}
