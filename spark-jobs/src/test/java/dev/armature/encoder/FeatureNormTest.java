package dev.armature.encoder;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FeatureNormTest {
  @Property(tries = 50)
  void in_training_every_feature_gets_the_mean_and_spread_it_is_told(
      @ForAll @IntRange(min = 20, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 9) int features,
      @ForAll long seed) {
    float[] weight = TestViews.random(features, seed);
    float[] bias = TestViews.random(features, seed + 1);
    float[] values = TestViews.random(rows * features, seed + 2);
    new FeatureNorm(features)
        .train(values, rows, weight, bias, new float[features], new float[features]);
    for (int f = 0; f < features; f++) {
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < rows; row++) {
        sum += values[row * features + f];
        squares += Math.pow(values[row * features + f] - bias[f], 2);
      }
      assertThat(sum / rows).isCloseTo(bias[f], within(1e-5));
      assertThat(Math.sqrt(squares / rows)).isCloseTo(Math.abs(weight[f]), within(1e-3));
    }
  }

  /**
   * The norm's sums over its rows, in double precision across blocks, decide nothing here; what
   * decides is that the mean is subtracted in single precision, where it is 15 times the spread.
   */
  @Test
  void batches_running_statistics_and_gradients_are_those_of_pytorch() {
    TorchFixture torch = TorchFixture.of(getClass(), "feature-norm.bin");
    float[] weight = torch.values("start.weight");
    float[] bias = torch.values("start.bias");
    float[] mean = torch.values("start.running_mean");
    float[] variance = torch.values("start.running_var");
    FeatureNorm norm = new FeatureNorm(weight.length);
    int rows = 0;
    for (String batch : List.of("batch0.", "batch1.", "batch2.")) {
      rows = torch.shape(batch + "x")[0];
      float[] values = torch.values(batch + "x").clone();
      norm.train(values, rows, weight, bias, mean, variance);
      assertClose(values, torch.values(batch + "y"), 1e-5, batch + "y");
      assertClose(mean, torch.values(batch + "running_mean"), 1e-6, batch + "mean");
      assertClose(variance, torch.values(batch + "running_var"), 1e-6, batch + "variance");
    }
    float[] gradient = torch.values("gradient.y").clone();
    float[] byWeight = new float[weight.length];
    float[] byBias = new float[weight.length];
    norm.backward(gradient, rows, weight, byWeight, byBias);
    assertClose(gradient, torch.values("gradient.x"), 1e-5, "gradient by the input");
    assertClose(byWeight, torch.values("gradient.weight"), 1e-5, "gradient by the weight");
    assertClose(byBias, torch.values("gradient.bias"), 1e-5, "gradient by the bias");
    float[] evaluated = torch.values("batch2.x").clone();
    norm.evaluate(evaluated, rows, weight, bias, mean, variance);
    assertClose(evaluated, torch.values("evaluated.y"), 1e-5, "evaluated");
  }

  @Test
  void running_statistics_move_a_tenth_of_the_way_with_the_unbiased_variance() {
    float[] mean = {1};
    float[] variance = {2};
    float[] values = {1, 2, 6, 7};
    new FeatureNorm(1).train(values, 4, new float[] {1}, new float[] {0}, mean, variance);
    assertThat(mean[0]).isCloseTo(0.9f * 1 + 0.1f * 4, within(1e-6f));
    assertThat(variance[0]).isCloseTo(0.9f * 2 + 0.1f * 26 / 3, within(1e-6f));
  }

  @Test
  void evaluation_uses_the_running_statistics_and_leaves_them() {
    float[] mean = {3};
    float[] variance = {4};
    float[] values = {5, 1};
    new FeatureNorm(1).evaluate(values, 2, new float[] {2}, new float[] {1}, mean, variance);
    assertThat(values).containsExactly(new float[] {3, -1}, within(1e-4f));
    assertThat(mean).containsExactly(3);
    assertThat(variance).containsExactly(4);
  }

  @Test
  void the_gradient_by_the_input_is_the_slope_of_the_loss() {
    int rows = 40;
    int features = 3;
    float[] weight = TestViews.random(features, 1);
    float[] bias = TestViews.random(features, 2);
    float[] values = TestViews.random(rows * features, 3);
    float[] direction = TestViews.random(rows * features, 4);
    FeatureNorm norm = new FeatureNorm(features);
    norm.train(values.clone(), rows, weight, bias, new float[features], new float[features]);
    float[] gradient = direction.clone();
    norm.backward(gradient, rows, weight, new float[features], new float[features]);
    float step = 1e-2f;
    for (int i = 0; i < values.length; i++) {
      float[] moved = values.clone();
      moved[i] += step;
      double above = loss(moved, rows, weight, bias, direction);
      moved[i] = values[i] - step;
      double below = loss(moved, rows, weight, bias, direction);
      assertThat((double) gradient[i])
          .as("number %d", i)
          .isCloseTo((above - below) / (2 * step), within(1e-3));
    }
  }

  private static double loss(
      float[] values, int rows, float[] weight, float[] bias, float[] direction) {
    int features = weight.length;
    float[] result = values.clone();
    new FeatureNorm(features)
        .train(result, rows, weight, bias, new float[features], new float[features]);
    double loss = 0;
    for (int i = 0; i < result.length; i++) {
      loss += (double) result[i] * direction[i];
    }
    return loss;
  }
}
