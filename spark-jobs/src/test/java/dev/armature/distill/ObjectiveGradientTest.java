package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.DistillSettings.Method;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses against the formulas, gradients against central differences of the formulas. */
class ObjectiveGradientTest {
  private static final int QUEUE = 40;
  private static final int EMBEDDING = 6;
  private static final int BATCH = 3;

  @ParameterizedTest(name = "{0}, {1} neighbours, weight {2}, student temperature {3}")
  @CsvSource({
    "BASE, 10, 1, 0.1",
    "CMD, 10, 1, 0.1",
    "CMD, 10, 3.5, 0.1",
    "CMD, 40, 1, 1",
    "CMD, 1, 1, 0.1",
    // So cold that most of the neighbours vanish beside the greatest of the queue.
    "CMD, 4, 0.01, 0.004",
    "CMD, 2, 0.01, 0.002",
  })
  void losses_follow_the_formulas_and_gradients_their_differences(
      Method method, int neighbours, double weight, double studentTemperature) {
    DistillSettings settings =
        new DistillSettings(method, QUEUE, neighbours, weight, 0.07, 0.05, studentTemperature);
    float[][] queries = Embeddings.unit(1, 3, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    try (AlignedQueues queues = AlignedQueues.random(3, QUEUE, EMBEDDING, 3);
        Objective objective =
            new Objective(
                settings, List.of(Modality.JOINT, Modality.MOTION, Modality.BONE), EMBEDDING, 2)) {
      StepLoss actual = objective.compute(queries, keys, queues, BATCH);
      ReferenceObjective reference =
          new ReferenceObjective(settings, EMBEDDING, keys, queues.snapshot().keys());
      double[][] exact = ReferenceObjective.doubles(queries);
      boolean distils = method == Method.CMD;
      for (int b = 0; b < 3; b++) {
        assertThat(Losses.contrastive(actual)[b])
            .isCloseTo(reference.contrastive(b, exact), near(10));
        for (int a = 0; a < 3; a++) {
          double expected = distils && a != b ? reference.distillation(a, b, exact) : 0;
          assertThat(Losses.distillation(actual)[a][b]).isCloseTo(expected, near(expected));
        }
      }
      ToDoubleFunction<double[][]> total =
          distils
              ? reference::total
              : q ->
                  reference.contrastive(0, q)
                      + reference.contrastive(1, q)
                      + reference.contrastive(2, q);
      assertThat(actual.total()).isCloseTo(total.applyAsDouble(exact), near(actual.total()));
      for (int modality = 0; modality < 3; modality++) {
        double[] differences = differences(total, exact, modality);
        for (int i = 0; i < differences.length; i++) {
          assertThat((double) actual.gradients()[modality][i])
              .isCloseTo(differences[i], within(2e-5 * greatest(differences)));
        }
      }
    }
  }

  private static Offset<Double> near(double value) {
    return within(1e-6 + 2e-6 * Math.abs(value));
  }

  private static double greatest(double[] numbers) {
    double greatest = 0;
    for (double number : numbers) {
      greatest = Math.max(greatest, Math.abs(number));
    }
    return greatest;
  }

  private static double[] differences(
      ToDoubleFunction<double[][]> loss, double[][] queries, int modality) {
    double step = 1e-6;
    double[] differences = new double[queries[modality].length];
    for (int i = 0; i < differences.length; i++) {
      double before = queries[modality][i];
      queries[modality][i] = before + step;
      double above = loss.applyAsDouble(queries);
      queries[modality][i] = before - step;
      double below = loss.applyAsDouble(queries);
      queries[modality][i] = before;
      differences[i] = (above - below) / (2 * step);
    }
    return differences;
  }
}
