package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.ParameterLayout.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gradient of every parameter of a whole encoder against the slope of the loss. */
class EncoderGradientTest {
  /** Balances the loss's curvature against single precision. */
  private static final float STEP = 5e-3f;

  @ParameterizedTest
  @CsvSource({
    "ONEDNN, LOCKSTEP, 1",
    "ONEDNN, BIDIRECTIONAL, 1",
    // The plain backend is slow, and has a test of its own.
    "PLAIN, LOCKSTEP, 13",
    "PLAIN, BIDIRECTIONAL, 13"
  })
  void gradients_are_slopes_of_the_loss(EncoderBackend backend, Recurrence recurrence, int stride) {
    EncoderShape shape = new EncoderShape(3, 2, 2, 3, 2, recurrence);
    ViewBatch views = TestViews.random(1, 3, 5, shape.features(), 4);
    float[][] direction = {TestViews.random(2 * 5 * shape.embedding(), 5)};
    ParameterLayout layout = new ParameterLayout(shape);
    try (EncoderEngine engine = EncoderEngines.open(shape, 1, backend, 1)) {
      float[] parameters = EncoderInitializer.initialize(shape, 3, 0);
      openOrShutEveryUnit(layout, parameters);
      engine.setParameters(Branch.QUERY, 0, parameters);
      engine.embedQueries(views);
      engine.backward(direction);
      float[] gradients = new float[layout.size()];
      engine.readGradients(0, gradients);
      for (Tensor tensor : layout.tensors()) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i += stride) {
          double slope = tensor.statistic() ? 0 : slope(engine, views, direction, parameters, i);
          assertThat((double) gradients[i])
              .as("%s, number %d", tensor.name(), i - tensor.offset())
              .isCloseTo(slope, within(2e-3 + 5e-3 * Math.abs(slope)));
        }
      }
    }
  }

  /** A rectifier has no slope at zero: biases of ±3 keep all sums, at most 2 + STEP, off it. */
  private static void openOrShutEveryUnit(ParameterLayout layout, float[] parameters) {
    for (int head = 0; head < 2; head++) {
      Tensor bias = layout.tensor("head." + head + ".0.bias");
      for (int i = 0; i < bias.length(); i++) {
        parameters[bias.offset() + i] = i % 2 == 0 ? 3 : -3;
      }
    }
  }

  private static double slope(
      EncoderEngine engine, ViewBatch views, float[][] direction, float[] parameters, int index) {
    float[] moved = parameters.clone();
    moved[index] = parameters[index] + STEP;
    double above = loss(engine, views, direction, moved);
    moved[index] = parameters[index] - STEP;
    double below = loss(engine, views, direction, moved);
    return (above - below) / (2.0 * STEP);
  }

  private static double loss(
      EncoderEngine engine, ViewBatch views, float[][] direction, float[] parameters) {
    engine.setParameters(Branch.QUERY, 0, parameters);
    float[][] embeddings = engine.embedQueries(views);
    double loss = 0;
    for (int i = 0; i < direction[0].length; i++) {
      loss += (double) embeddings[0][i] * direction[0][i];
    }
    return loss;
  }
}
