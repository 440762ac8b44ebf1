package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LinearClassifierTest {

  @Test
  void a_few_steps_give_the_weights_that_pytorch_gives() throws IOException {
    Oracle oracle = new Oracle("linear");
    int rows = oracle.integer("rows");
    int batch = oracle.integer("batch");
    int[] labels = oracle.integers("labels");
    int[] orders = oracle.integers("orders");
    float[] rates = oracle.floats("rates");
    float[] losses = oracle.floats("losses");
    Features features = new Features(rows, oracle.integer("columns"), oracle.floats("features"));
    try (LinearClassifier classifier =
        new LinearClassifier(features.columns(), oracle.integer("classes"), batch, 0, 0)) {
      classifier.setWeights(oracle.floats("initialWeights"));
      int step = 0;
      for (int epoch = 0; epoch < rates.length; epoch++) {
        for (int first = 0; first < rows; first += batch) {
          double loss =
              classifier.step(
                  features,
                  labels,
                  orders,
                  epoch * rows + first,
                  Math.min(batch, rows - first),
                  rates[epoch],
                  (float) oracle.number("momentum"));
          assertThat(loss).isCloseTo(losses[step], within(1e-5));
          step++;
        }
      }

      assertThat(step).isEqualTo(losses.length);
      assertThat(classifier.weights())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(oracle.floats("weights"));
      assertThat(classifier.bias())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(oracle.floats("bias"));
      assertThat(classifier.classify(features))
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(oracle.floats("scores"));
    }
  }

  @Test
  void a_step_follows_the_gradient_of_the_cross_entropy() {
    int rows = 5;
    int columns = 4;
    int classes = 3;
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[rows * columns];
    for (int place = 0; place < values.length; place++) {
      values[place] = (float) random.nextGaussian();
    }
    Features features = new Features(rows, columns, values);
    int[] labels = {0, 1, 2, 1, 0};
    int[] order = IntStream.range(0, rows).toArray();
    try (LinearClassifier classifier = new LinearClassifier(columns, classes, rows, 0.01, 11)) {
      float[] before = classifier.weights();
      // A learning rate of 1 without momentum moves the weights by the gradient itself.
      classifier.step(features, labels, order, 0, rows, 1f, 0f);
      float[] after = classifier.weights();
      float[] bias = classifier.bias();
      double step = 1e-3;
      for (int place = 0; place < before.length; place++) {
        double numeric =
            (loss(features, labels, nudged(before, place, step), new float[classes])
                    - loss(features, labels, nudged(before, place, -step), new float[classes]))
                / (2 * step);
        assertThat((double) before[place] - after[place]).isCloseTo(numeric, within(1e-4));
      }
      for (int label = 0; label < classes; label++) {
        double numeric =
            (loss(features, labels, before, nudged(new float[classes], label, step))
                    - loss(features, labels, before, nudged(new float[classes], label, -step)))
                / (2 * step);
        assertThat((double) -bias[label]).isCloseTo(numeric, within(1e-4));
      }
    }
  }

  @Test
  void initial_weights_have_the_published_deviation_and_depend_on_the_seed() {
    try (LinearClassifier one = new LinearClassifier(500, 40, 64, 0.01, 1);
        LinearClassifier same = new LinearClassifier(500, 40, 64, 0.01, 1);
        LinearClassifier other = new LinearClassifier(500, 40, 64, 0.01, 2)) {
      float[] weights = one.weights();
      double squares = 0;
      for (float weight : weights) {
        squares += weight * weight;
      }

      assertThat(Math.sqrt(squares / weights.length)).isCloseTo(0.01, within(0.0003));
      assertThat(same.weights()).containsExactly(weights);
      assertThat(other.weights()).isNotEqualTo(weights);
      assertThat(one.bias()).containsOnly(0f);
    }
  }

  @Test
  void without_a_deviation_the_initial_weights_are_zeros() {
    try (LinearClassifier zeros = new LinearClassifier(50, 4, 8, 0, 1)) {
      assertThat(zeros.weights()).usingComparatorWithPrecision(0f).containsOnly(0f);
    }
  }

  @Test
  void an_order_that_is_not_shuffled_is_the_data_sets() {
    assertThat(LinearClassifier.order(5)).containsExactly(0, 1, 2, 3, 4);
  }

  @Property(tries = 50)
  void an_order_visits_every_row_once(
      @ForAll @IntRange(min = 1, max = 300) int rows, @ForAll long seed) {
    int[] order = LinearClassifier.order(rows, seed);

    assertThat(order).containsExactly(LinearClassifier.order(rows, seed));
    Arrays.sort(order);
    assertThat(order).containsExactly(IntStream.range(0, rows).toArray());
  }

  @Test
  void scores_of_many_rows_are_those_of_each_row_alone() {
    int rows = 1100;
    float[] values = new float[rows * 2];
    SplittableRandom random = new SplittableRandom(3);
    for (int place = 0; place < values.length; place++) {
      values[place] = (float) random.nextGaussian();
    }
    try (LinearClassifier classifier = new LinearClassifier(2, 3, 8, 0.01, 5)) {
      float[] all = classifier.classify(new Features(rows, 2, values));
      for (int row = 0; row < rows; row += 97) {
        float[] alone =
            classifier.classify(
                new Features(1, 2, new float[] {values[2 * row], values[2 * row + 1]}));
        assertThat(Arrays.copyOfRange(all, 3 * row, 3 * row + 3))
            .usingComparatorWithPrecision(1e-6f)
            .containsExactly(alone);
      }
    }
  }

  private static float[] nudged(float[] values, int place, double step) {
    float[] nudged = values.clone();
    nudged[place] += (float) step;
    return nudged;
  }

  /** Mean cross entropy, from its definition. */
  private static double loss(Features features, int[] labels, float[] weights, float[] bias) {
    int columns = features.columns();
    double total = 0;
    for (int row = 0; row < labels.length; row++) {
      double sum = 0;
      double own = 0;
      for (int label = 0; label < bias.length; label++) {
        double logit = bias[label];
        for (int column = 0; column < columns; column++) {
          logit += weights[label * columns + column] * features.values()[row * columns + column];
        }
        sum += Math.exp(logit);
        own = label == labels[row] ? logit : own;
      }
      total += Math.log(sum) - own;
    }
    return total / labels.length;
  }
}
