package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class GalleryProtocolsTest {

  @Test
  void retrieval_ranks_the_whole_training_split_for_every_test_sequence() {
    int[] trainingLabels = IntStream.range(0, 1300).map(row -> row % 7).toArray();
    int[] testLabels = IntStream.range(0, 300).map(row -> row % 7).toArray();
    List<Features> training = List.of(features(trainingLabels, 1), features(trainingLabels, 2));
    List<Features> test = List.of(features(testLabels, 3), features(testLabels, 4));

    List<RetrievalQuality> found;
    try (JavaSparkContext spark = LocalSpark.context()) {
      found = new RetrievalEvaluation(spark, 1).measure(training, trainingLabels, test, testLabels);
    }

    assertThat(found).hasSize(3);
    for (int measure = 0; measure < 3; measure++) {
      List<boolean[]> lists = new ArrayList<>();
      for (int query = 0; query < 300; query++) {
        double[] nearness = new double[1300];
        for (int item = 0; item < 1300; item++) {
          for (int stream = 0; stream < 2; stream++) {
            if (measure == 2 || measure == stream) {
              nearness[item] += product(training.get(stream), item, test.get(stream), query);
            }
          }
        }
        int own = testLabels[query];
        boolean[] relevance = new boolean[1300];
        Integer[] order = IntStream.range(0, 1300).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer item) -> -nearness[item]));
        for (int rank = 0; rank < 1300; rank++) {
          relevance[rank] = trainingLabels[order[rank]] == own;
        }
        lists.add(relevance);
      }
      RetrievalQuality expected = RetrievalQuality.of(lists, RetrievalEvaluation.CUTOFFS);
      assertThat(found.get(measure).meanAveragePrecision())
          .isCloseTo(expected.meanAveragePrecision(), within(1e-5));
      assertThat(found.get(measure).meanPrecisionAt().get(10))
          .isCloseTo(expected.meanPrecisionAt().get(10), within(1e-3));
    }
  }

  @Test
  void one_shot_compares_with_one_training_sequence_a_class_and_draws_anew() {
    int[] trainingLabels = IntStream.range(0, 40).map(row -> row % 4).toArray();
    int[] testLabels = IntStream.range(0, 600).map(row -> row % 4).toArray();
    Features training = features(trainingLabels, 1);
    Features test = features(testLabels, 2);
    OneShotEvaluation oneShot = new OneShotEvaluation(5, 3, 1);

    List<List<Classification>> found =
        oneShot.classify(
            List.of(training, training), trainingLabels, List.of(test, test), testLabels, 5);

    assertThat(found).hasSize(3).allMatch(draws -> draws.size() == 5);
    boolean differs = false;
    for (int draw = 0; draw < 5; draw++) {
      int[] exemplars = oneShot.exemplars(trainingLabels, 5, draw);
      differs |= exemplars[0] != oneShot.exemplars(trainingLabels, 5, 0)[0];
      assertThat(exemplars[4]).as("a class without training sequences").isEqualTo(-1);
      for (int query = 0; query < 600; query++) {
        int nearest = 0;
        for (int label = 0; label < 4; label++) {
          assertThat(trainingLabels[exemplars[label]]).isEqualTo(label);
          if (product(training, exemplars[label], test, query)
              > product(training, exemplars[nearest], test, query)) {
            nearest = label;
          }
        }
        assertThat(found.get(0).get(draw).predicted()[query]).isEqualTo(nearest);
        assertThat(found.get(2).get(draw).predicted()[query]).isEqualTo(nearest);
      }
    }
    assertThat(differs).as("another draw has other exemplars").isTrue();
  }

  private static Features features(int[] labels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[labels.length * 9];
    for (int place = 0; place < values.length; place++) {
      values[place] = (float) random.nextGaussian() + (labels[place / 9] == place % 9 ? 2 : 0);
    }
    return new Features(labels.length, 9, values).normalized();
  }

  private static double product(Features left, int leftRow, Features right, int rightRow) {
    double sum = 0;
    for (int column = 0; column < left.columns(); column++) {
      sum +=
          (double) left.values()[leftRow * left.columns() + column]
              * right.values()[rightRow * right.columns() + column];
    }
    return sum;
  }
}
