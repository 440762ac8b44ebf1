package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GruBackendTest {
  /** One GRU with all it reads and writes. */
  private static final class Case {
    final GruShape shape;
    final GruWeights weights;
    final INDArray input;
    final INDArray output;
    final INDArray outputGradient;
    final INDArray inputGradient;
    final GruWeights gradients;

    Case(DataType type, GruShape shape, boolean secondHalf, long seed) {
      this.shape = shape;
      SplittableRandom random = new SplittableRandom(seed);
      int gates = 3 * shape.hidden();
      weights =
          new GruWeights(
              random(random, type, shape.input(), gates),
              random(random, type, shape.hidden(), gates),
              random(random, type, gates),
              random(random, type, gates));
      input = random(random, type, shape.frames(), shape.sequences(), shape.input());
      output = part(Nd4j.create(type, wide()), secondHalf);
      outputGradient = part(random(random, type, wide()), secondHalf);
      inputGradient = Nd4j.create(type, input.shape());
      gradients =
          new GruWeights(
              Nd4j.create(type, weights.input().shape()),
              Nd4j.create(type, weights.hidden().shape()),
              Nd4j.create(type, gates),
              Nd4j.create(type, gates));
    }

    private long[] wide() {
      return new long[] {shape.frames(), shape.sequences(), shape.outputWidth()};
    }

    private INDArray part(INDArray wide, boolean secondHalf) {
      int start = secondHalf ? shape.outputWidth() - shape.hidden() : 0;
      return wide.get(all(), all(), interval(start, start + shape.hidden()));
    }

    double loss(GruBackend backend) {
      backend.forward(shape, weights, input, output, null);
      return output.dup('c').mul(outputGradient.dup('c')).sumNumber().doubleValue();
    }

    void gradients(GruBackend backend) {
      try (GruTrace trace = backend.newTrace(shape)) {
        backend.forward(shape, weights, input, output, trace);
        backend.backward(
            shape, weights, input, output, outputGradient, trace, inputGradient, gradients);
      }
    }

    List<INDArray> parameters() {
      return List.of(
          input, weights.input(), weights.hidden(), weights.inputBias(), weights.hiddenBias());
    }

    List<INDArray> results() {
      return List.of(
          inputGradient,
          gradients.input(),
          gradients.hidden(),
          gradients.inputBias(),
          gradients.hiddenBias());
    }
  }

  private static INDArray random(SplittableRandom random, DataType type, long... shape) {
    INDArray array = Nd4j.create(type, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextDouble(-0.8, 0.8));
    }
    return array;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_plain_gradient_is_the_slope_of_the_loss(boolean backwards) {
    Case gru = new Case(DataType.DOUBLE, new GruShape(4, 2, 3, 3, 3, backwards), false, 1);
    PlainGruBackend backend = new PlainGruBackend();
    gru.gradients(backend);
    assertSlopes(gru, backend, 1e-5, 1e-8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_onednn_gradient_is_the_slope_of_the_loss(boolean backwards) {
    Case gru = new Case(DataType.FLOAT, new GruShape(4, 2, 3, 3, 6, backwards), true, 2);
    try (OneDnnGruBackend backend = new OneDnnGruBackend()) {
      gru.gradients(backend);
      // The step balances the curvature against single precision.
      assertSlopes(gru, backend, 1e-2, 5e-4);
    }
  }

  private static void assertSlopes(Case gru, GruBackend backend, double step, double tolerance) {
    for (int tensor = 0; tensor < gru.parameters().size(); tensor++) {
      INDArray values = gru.parameters().get(tensor);
      for (long i = 0; i < values.length(); i++) {
        double value = values.getDouble(i);
        values.putScalar(i, value + step);
        double above = gru.loss(backend);
        values.putScalar(i, value - step);
        double below = gru.loss(backend);
        values.putScalar(i, value);
        assertThat(gru.results().get(tensor).getDouble(i))
            .as("tensor %d, number %d", tensor, i)
            .isCloseTo((above - below) / (2 * step), within(tolerance));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, false, 1",
    "5, 3, 7, 4, false, 1",
    "5, 3, 7, 4, true, 2",
    "12, 9, 40, 16, false, 2",
    "12, 9, 40, 16, true, 1",
    "3, 17, 33, 31, true, 2"
  })
  void onednn_and_plain_agree(
      int frames, int sequences, int input, int hidden, boolean backwards, int width) {
    GruShape shape = new GruShape(frames, sequences, input, hidden, width * hidden, backwards);
    Case fast = new Case(DataType.FLOAT, shape, true, 3);
    Case plain = new Case(DataType.FLOAT, shape, true, 3);
    try (OneDnnGruBackend backend = new OneDnnGruBackend()) {
      fast.gradients(backend);
      assertSame(fast, plain);
      INDArray trained = fast.output.dup('c');
      fast.loss(backend);
      close(fast.output.dup('c'), trained, "inference against training");
    }
  }

  private static void assertSame(Case fast, Case plain) {
    plain.gradients(new PlainGruBackend());
    close(fast.output.dup('c'), plain.output.dup('c'), "output");
    for (int tensor = 0; tensor < fast.results().size(); tensor++) {
      close(fast.results().get(tensor), plain.results().get(tensor), "gradient " + tensor);
    }
  }

  private static void close(INDArray found, INDArray expected, String what) {
    for (long i = 0; i < found.length(); i++) {
      double value = expected.getDouble(i);
      assertThat(found.getDouble(i))
          .as("%s, number %d", what, i)
          .isCloseTo(value, within(2e-5 * (1 + Math.abs(value))));
    }
  }
}
