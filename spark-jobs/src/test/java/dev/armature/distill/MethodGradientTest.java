package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings.Form;
import dev.armature.skeleton.Modality;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Totals against the formulas, gradients against central differences of the formulas. */
class MethodGradientTest {
  private static final int QUEUE = 31;
  private static final int EMBEDDING = 5;
  private static final int BATCH = 2;
  private static final List<Modality> MODALITIES =
      List.of(Modality.JOINT, Modality.MOTION, Modality.BONE, Modality.BONE_MOTION);

  @ParameterizedTest
  @CsvSource({"1, 1, 0.07", "2, 1, 0.07", "3, 0.6, 0.07", "4, 2, 1", "3, 0, 0.07"})
  void mutual_contrast(int modalities, double weight, double temperature) {
    check(new DistillSettings(Method.MCL, QUEUE, 7, weight, temperature, 0.05, 0.1), modalities);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, MEAN_OF_LOGS, false, 0.07",
    "2, 1, MEAN_OF_LOGS, false, 0.07",
    "3, 4, MEAN_OF_LOGS, true, 0.07",
    "4, 31, MEAN_OF_LOGS, false, 0.5",
    "2, 1, LOG_OF_SUM, false, 0.07",
    "3, 4, LOG_OF_SUM, true, 0.07",
    "4, 31, LOG_OF_SUM, true, 0.5",
    // So cold that the positives vanish beside the greatest of the queue.
    "3, 2, LOG_OF_SUM, false, 0.004",
  })
  void mined_positives(
      int modalities, int positives, Form form, boolean beside, double temperature) {
    check(
        new DistillSettings(
            Method.CROSCLR,
            QUEUE,
            7,
            0.8,
            temperature,
            0.05,
            0.1,
            Topology.PAIRWISE,
            new MiningSettings(positives, form, beside),
            ClusterSettings.DEFAULT),
        modalities);
  }

  @ParameterizedTest
  @CsvSource({"1, 7", "2, 7", "3, 20", "4, 1", "4, 31"})
  void consensus(int modalities, int neighbours) {
    check(
        new DistillSettings(
            Method.CMD,
            QUEUE,
            neighbours,
            1.3,
            0.07,
            0.05,
            0.1,
            Topology.CONSENSUS,
            MiningSettings.PUBLISHED,
            ClusterSettings.DEFAULT),
        modalities);
  }

  @ParameterizedTest
  @CsvSource({
    "3, PAIRWISE, 1, 4, 0.3, true, KEY, 1, 1, false",
    "1, PAIRWISE, 1, 31, -1, true, KEY, 1, 1, false",
    "2, PAIRWISE, 0.5, 3, 0.5, false, KEY, 0.3, 2, true",
    "2, PAIRWISE, 0, 3, 0.5, true, KEY, 0, 1, false",
    "2, PAIRWISE, 2, 3, 0.5, true, AGGREGATE, 1, 0, true",
    "3, CONSENSUS, 1, 4, 0.3, true, AGGREGATE, 1, 1, true",
    "4, CONSENSUS, 1, 0, 0.3, true, KEY, 1, 1, false",
  })
  void cluster_branch(
      int modalities,
      Topology topology,
      double weight,
      int most,
      double least,
      boolean excludes,
      Teaches teaches,
      double fromInstance,
      double fromCluster,
      boolean crossModal) {
    check(
        new DistillSettings(
            Method.I2MD,
            QUEUE,
            9,
            0.9,
            0.07,
            0.05,
            0.1,
            topology,
            MiningSettings.PUBLISHED,
            new ClusterSettings(
                weight,
                most,
                least,
                0.2,
                excludes,
                teaches,
                fromInstance,
                fromCluster,
                crossModal)),
        modalities);
  }

  private static void check(DistillSettings settings, int modalities) {
    int vectors = settings.heads() * BATCH;
    float[][] queries = Embeddings.unit(1, modalities, vectors, EMBEDDING);
    float[][] keys = Embeddings.unit(2, modalities, vectors, EMBEDDING);
    try (AlignedQueues queues =
            AlignedQueues.random(modalities * settings.heads(), QUEUE, EMBEDDING, 3);
        Objective objective =
            new Objective(settings, MODALITIES.subList(0, modalities), EMBEDDING, 2)) {
      StepLoss actual = objective.compute(queries, keys, queues, BATCH);
      ReferenceMethods reference =
          new ReferenceMethods(settings, EMBEDDING, keys, queues.snapshot().keys());
      double[][] exact = ReferenceObjective.doubles(queries);
      assertThat(actual.total())
          .isCloseTo(reference.total(exact), within(1e-5 + 3e-6 * actual.total()));
      for (int modality = 0; modality < modalities; modality++) {
        double[] differences = differences(reference, exact, modality);
        double greatest = Arrays.stream(differences).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < differences.length; i++) {
          assertThat((double) actual.gradients()[modality][i])
              .isCloseTo(differences[i], within(2e-5 * greatest));
        }
      }
    }
  }

  private static double[] differences(
      ReferenceMethods reference, double[][] queries, int modality) {
    double step = 1e-6;
    double[] differences = new double[queries[modality].length];
    for (int i = 0; i < differences.length; i++) {
      double before = queries[modality][i];
      queries[modality][i] = before + step;
      double above = reference.total(queries);
      queries[modality][i] = before - step;
      double below = reference.total(queries);
      queries[modality][i] = before;
      differences[i] = (above - below) / (2 * step);
    }
    return differences;
  }
}
