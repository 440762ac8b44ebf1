package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.DistillSettings.Method;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What must hold whatever the numbers are. */
class ObjectiveLawsTest {
  private static final List<Modality> ALL = List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);
  private static final int EMBEDDING = 8;
  private static final int BATCH = 5;

  private static DistillSettings cmd(int queue, int neighbours, double weight) {
    return new DistillSettings(Method.CMD, queue, neighbours, weight, 0.07, 0.05, 0.1);
  }

  private static StepLoss compute(
      DistillSettings settings, float[][] queries, float[][] keys, QueueSnapshot content) {
    List<Modality> modalities = ALL.subList(0, queries.length);
    try (AlignedQueues queues = AlignedQueues.of(content);
        Objective objective = new Objective(settings, modalities, content.embedding(), 1)) {
      return objective.compute(queries, keys, queues, queries[0].length / content.embedding());
    }
  }

  private static QueueSnapshot content(int modalities, int queue, long seed) {
    try (AlignedQueues queues = AlignedQueues.random(modalities, queue, EMBEDDING, seed)) {
      return queues.snapshot();
    }
  }

  @Test
  void one_modality_is_plain_moco() {
    float[][] queries = Embeddings.unit(1, 1, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 1, BATCH, EMBEDDING);
    QueueSnapshot content = content(1, 50, 3);
    StepLoss actual = compute(cmd(50, 10, 1), queries, keys, content);
    double cross = 0;
    for (int row = 0; row < BATCH; row++) {
      double positive = Math.exp(dot(queries[0], row, keys[0], row) / 0.07);
      double all = positive;
      for (int negative = 0; negative < 50; negative++) {
        all += Math.exp(dot(queries[0], row, content.keys()[0], negative) / 0.07);
      }
      cross -= Math.log(positive / all) / BATCH;
    }
    assertThat(actual.total()).isCloseTo(cross, within(1e-6 * cross));
    assertThat(actual.sum("distillation")).isZero();
  }

  @Test
  void weight_zero_is_the_base_method() {
    float[][] queries = Embeddings.unit(1, 3, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    QueueSnapshot content = content(3, 50, 3);
    StepLoss zero = compute(cmd(50, 10, 0), queries, keys, content);
    StepLoss base =
        compute(
            new DistillSettings(Method.BASE, 50, 10, 1, 0.07, 0.05, 0.1), queries, keys, content);
    assertThat(zero.total()).isEqualTo(base.total());
    assertThat(zero.gradients()).isDeepEqualTo(base.gradients());
    for (int modality = 0; modality < 3; modality++) {
      StepLoss alone =
          compute(
              cmd(50, 10, 1),
              new float[][] {queries[modality]},
              new float[][] {keys[modality]},
              new QueueSnapshot(50, EMBEDDING, 0, new float[][] {content.keys()[modality]}));
      assertThat(alone.total()).isEqualTo(Losses.contrastive(zero)[modality]);
      assertThat(alone.gradients()[0]).isEqualTo(zero.gradients()[modality]);
    }
  }

  @Test
  void with_one_neighbour_there_is_nothing_to_distil() {
    float[][] queries = Embeddings.unit(1, 3, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    QueueSnapshot content = content(3, 50, 3);
    StepLoss one = compute(cmd(50, 1, 1), queries, keys, content);
    StepLoss base = compute(cmd(50, 1, 0), queries, keys, content);
    // Each of the six terms is a difference of logarithms around 10 in single precision.
    assertThat(one.sum("distillation")).isCloseTo(0, within(2e-6));
    for (int modality = 0; modality < 3; modality++) {
      assertThat(one.gradients()[modality])
          .containsExactly(base.gradients()[modality], within(1e-6f));
    }
  }

  @Test
  void a_hard_teacher_over_the_whole_queue_is_the_cross_modal_positives_likelihood() {
    int queue = 60;
    float[][] queries = Embeddings.unit(1, 3, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    QueueSnapshot content = content(3, queue, 3);
    DistillSettings hard = new DistillSettings(Method.CMD, queue, queue, 1, 0.07, 1e-6, 0.1);
    StepLoss actual = compute(hard, queries, keys, content);
    for (int teacher = 0; teacher < 3; teacher++) {
      for (int student = 0; student < 3; student++) {
        double expected = 0;
        for (int row = 0; row < BATCH && teacher != student; row++) {
          int positive = mostSimilar(keys[teacher], row, content.keys()[teacher], queue);
          double all = 0;
          for (int position = 0; position < queue; position++) {
            all += Math.exp(dot(queries[student], row, content.keys()[student], position) / 0.1);
          }
          double logit = dot(queries[student], row, content.keys()[student], positive) / 0.1;
          expected -= (logit - Math.log(all)) / BATCH;
        }
        assertThat(Losses.distillation(actual)[teacher][student])
            .isCloseTo(expected, within(1e-6 + 1e-6 * expected));
      }
    }
  }

  @Property(tries = 30)
  void permuting_all_queues_alike_changes_no_loss(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 90) int neighbours) {
    int queue = 90;
    float[][] queries = Embeddings.unit(seed, 3, BATCH, EMBEDDING);
    float[][] keys = Embeddings.unit(~seed, 3, BATCH, EMBEDDING);
    QueueSnapshot content = content(3, queue, seed);
    List<Integer> order = new ArrayList<>(IntStream.range(0, queue).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    float[][] permuted = new float[3][queue * EMBEDDING];
    for (int position = 0; position < queue; position++) {
      for (int modality = 0; modality < 3; modality++) {
        System.arraycopy(
            content.keys()[modality],
            order.get(position) * EMBEDDING,
            permuted[modality],
            position * EMBEDDING,
            EMBEDDING);
      }
    }
    StepLoss before = compute(cmd(queue, neighbours, 1), queries, keys, content);
    StepLoss after =
        compute(
            cmd(queue, neighbours, 1),
            queries,
            keys,
            new QueueSnapshot(queue, EMBEDDING, 0, permuted));
    assertThat(after.total()).isCloseTo(before.total(), within(1e-6 * before.total()));
    for (int modality = 0; modality < 3; modality++) {
      assertThat(Losses.contrastive(after)[modality])
          .isCloseTo(Losses.contrastive(before)[modality], within(1e-6));
      assertThat(after.gradients()[modality])
          .containsExactly(before.gradients()[modality], within(1e-5f));
    }
  }

  @Test
  void who_already_agrees_with_the_teacher_learns_nothing_from_it() {
    float[] embeddings = Embeddings.unit(1, 1, BATCH, EMBEDDING)[0];
    float[] negatives = content(1, 50, 3).keys()[0];
    float[][] both = {embeddings, embeddings};
    QueueSnapshot content =
        new QueueSnapshot(50, EMBEDDING, 0, new float[][] {negatives, negatives});
    DistillSettings equal = new DistillSettings(Method.CMD, 50, 20, 1, 0.07, 0.1, 0.1);
    StepLoss distilled = compute(equal, both, both, content);
    StepLoss base = compute(cmd(50, 20, 0), both, both, content);
    assertThat(distilled.sum("distillation")).isCloseTo(0, within(2e-7));
    for (int modality = 0; modality < 2; modality++) {
      assertThat(distilled.gradients()[modality])
          .containsExactly(base.gradients()[modality], within(1e-6f));
    }
  }

  @Property(tries = 50)
  void derivatives_by_the_similarities_sum_to_zero_over_the_neighbours(@ForAll long seed) {
    int queue = 70;
    int neighbours = 20;
    float[] ofKey = Embeddings.numbers(seed, queue);
    float[] ofQuery = Embeddings.numbers(~seed, queue);
    TeacherTargets.Row row = new Teacher(queue, neighbours, 0.05).target(ofKey);
    NeighbouringSimilarityDistillation distillation =
        new NeighbouringSimilarityDistillation(queue, neighbours, 0.1);
    float[] coefficients = new float[queue];
    distillation.student(ofQuery, Exponential.greatest(ofQuery, queue));
    assertThat(distillation.distil(row, 1, coefficients)).isGreaterThan(-1e-6);
    double sum = 0;
    for (int position = 0; position < queue; position++) {
      sum += coefficients[position];
      boolean neighbour = (row.neighbours()[position / 64] >>> position & 1) != 0;
      assertThat(neighbour || coefficients[position] == 0).isTrue();
    }
    assertThat(sum).isCloseTo(0, within(1e-5));
  }

  @Test
  void the_number_of_threads_does_not_change_a_bit() {
    int queue = 5000;
    float[][] queries = Embeddings.unit(1, 3, 7, EMBEDDING);
    float[][] keys = Embeddings.unit(2, 3, 7, EMBEDDING);
    try (AlignedQueues queues = AlignedQueues.random(3, queue, EMBEDDING, 3);
        Objective one = new Objective(cmd(queue, 900, 1), ALL, EMBEDDING, 1);
        Objective three = new Objective(cmd(queue, 900, 1), ALL, EMBEDDING, 3)) {
      StepLoss expected = one.compute(queries, keys, queues, 7);
      for (int repetition = 0; repetition < 3; repetition++) {
        StepLoss actual = three.compute(queries, keys, queues, 7);
        assertThat(actual.total()).isEqualTo(expected.total());
        assertThat(Losses.distillation(actual)).isDeepEqualTo(Losses.distillation(expected));
        assertThat(actual.gradients()).isDeepEqualTo(expected.gradients());
      }
    }
  }

  @Test
  void teachers_of_a_whole_round_teach_as_those_of_each_step() {
    int steps = 30;
    float[][] keys = Embeddings.unit(2, 3, steps * BATCH, EMBEDDING);
    float[][] queries = Embeddings.unit(1, 3, steps * BATCH, EMBEDDING);
    try (AlignedQueues queues = AlignedQueues.random(3, 300, EMBEDDING, 3);
        Objective objective = new Objective(cmd(300, 100, 1), ALL, EMBEDDING, 2)) {
      TeacherTargets round = objective.teach(keys, queues, steps * BATCH);
      for (int step = 0; step < steps; step += 13) {
        float[][] stepQueries = rows(queries, step);
        float[][] stepKeys = rows(keys, step);
        StepLoss expected = objective.compute(stepQueries, stepKeys, queues, BATCH);
        StepLoss actual =
            objective.compute(
                stepQueries, stepKeys, round.slice(step * BATCH, BATCH), queues, BATCH);
        assertThat(actual.total()).isCloseTo(expected.total(), within(1e-6));
        for (int modality = 0; modality < 3; modality++) {
          assertThat(actual.gradients()[modality])
              .containsExactly(expected.gradients()[modality], within(1e-6f));
        }
      }
    }
  }

  @Test
  void an_embedding_that_is_no_number_makes_a_loss_that_is_none() {
    float[][] queries = Embeddings.unit(1, 3, BATCH, EMBEDDING);
    queries[1][EMBEDDING] = Float.NaN;
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    StepLoss loss = compute(cmd(50, 10, 1), queries, keys, content(3, 50, 3));
    assertThat(loss.total()).isNaN();
    assertThat(Losses.contrastive(loss)[0]).isFinite();
    StepLoss noTeacher = compute(cmd(50, 10, 1), keys, queries, content(3, 50, 3));
    assertThat(noTeacher.total()).isNaN();
  }

  @Test
  void targets_of_an_earlier_state_of_the_queues_are_refused() {
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    try (AlignedQueues queues = AlignedQueues.random(3, 30, EMBEDDING, 3);
        Objective objective = new Objective(cmd(30, 10, 1), ALL, EMBEDDING, 1)) {
      TeacherTargets targets = objective.teach(keys, queues, BATCH);
      queues.enqueue(keys, BATCH);
      assertThatThrownBy(() -> objective.compute(keys, keys, targets, queues, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at 0 enqueued keys, expected 5 sequences at 5");
    }
  }

  @Test
  void what_does_not_fit_is_refused_with_both_sizes() {
    float[][] keys = Embeddings.unit(2, 3, BATCH, EMBEDDING);
    float[][] two = Embeddings.unit(2, 2, BATCH, EMBEDDING);
    try (AlignedQueues queues = AlignedQueues.random(3, 30, EMBEDDING, 3);
        AlignedQueues shorter = AlignedQueues.random(3, 20, EMBEDDING, 3);
        Objective objective = new Objective(cmd(30, 10, 1), ALL, EMBEDDING, 1)) {
      assertThatThrownBy(() -> objective.compute(keys, keys, shorter, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("queues of 3 modalities × 20 keys × 8, expected 3 × 30 × 8");
      assertThatThrownBy(() -> objective.compute(two, keys, queues, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("queries of 2 modalities");
      assertThatThrownBy(() -> objective.compute(keys, keys, queues, BATCH + 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("keys of modality joint have 40 numbers, expected 6 sequences × 8");
    }
  }

  private static float[][] rows(float[][] embeddings, int step) {
    float[][] rows = new float[embeddings.length][BATCH * EMBEDDING];
    for (int modality = 0; modality < rows.length; modality++) {
      System.arraycopy(
          embeddings[modality], step * BATCH * EMBEDDING, rows[modality], 0, BATCH * EMBEDDING);
    }
    return rows;
  }

  private static int mostSimilar(float[] key, int row, float[] queue, int length) {
    int best = 0;
    for (int position = 1; position < length; position++) {
      if (dot(key, row, queue, position) > dot(key, row, queue, best)) {
        best = position;
      }
    }
    return best;
  }

  private static double dot(float[] left, int leftRow, float[] right, int rightRow) {
    double sum = 0;
    for (int i = 0; i < EMBEDDING; i++) {
      sum += (double) left[leftRow * EMBEDDING + i] * right[rightRow * EMBEDDING + i];
    }
    return sum;
  }
}
