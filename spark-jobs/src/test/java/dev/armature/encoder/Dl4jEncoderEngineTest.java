package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Dl4jEncoderEngineTest {
  private static final EncoderShape SHAPE = new EncoderShape(12, 16, 2, 8, 1, Recurrence.LOCKSTEP);
  private static final int SIZE = new ParameterLayout(SHAPE).size();
  private static final int FRAMES = 6;
  private static final int BATCH = 5;

  private static EncoderEngine open(int threads) {
    EncoderEngine engine = EncoderEngines.open(SHAPE, 2, EncoderBackend.ONEDNN, threads);
    for (int modality = 0; modality < 2; modality++) {
      float[] parameters = EncoderInitializer.initialize(SHAPE, 4, modality);
      engine.setParameters(Branch.QUERY, modality, parameters);
      engine.setParameters(Branch.KEY, modality, parameters);
    }
    return engine;
  }

  private static ViewBatch views(int sequences, long seed) {
    return TestViews.random(2, FRAMES, sequences, SHAPE.features(), seed);
  }

  private static float[][] gradients(long seed) {
    int length = BATCH * SHAPE.embedding();
    return new float[][] {TestViews.random(length, seed), TestViews.random(length, seed + 1)};
  }

  /** Three steps; all that can be read afterwards. */
  private static List<float[]> train(EncoderEngine engine) {
    List<float[]> results = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      results.addAll(List.of(engine.embedQueries(views(BATCH, step))));
      engine.backward(gradients(step));
      engine.update(0.1f, 0.9f, 1e-4f);
      engine.movingAverage(0.9);
      results.addAll(List.of(engine.embedKeys(views(BATCH + 3, step))));
    }
    for (int modality = 0; modality < 2; modality++) {
      for (Branch branch : Branch.values()) {
        results.add(parameters(engine, branch, modality));
      }
      float[] velocity = new float[SIZE];
      engine.readVelocity(modality, velocity);
      results.add(velocity);
    }
    return results;
  }

  private static float[] parameters(EncoderEngine engine, Branch branch, int modality) {
    float[] parameters = new float[SIZE];
    engine.readParameters(branch, modality, parameters);
    return parameters;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void the_same_calls_give_the_same_bits(int threads) {
    try (EncoderEngine first = open(threads);
        EncoderEngine second = open(threads)) {
      assertSame(train(second), train(first));
    }
  }

  private static void assertSame(List<float[]> found, List<float[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).as("result %d", i).containsExactly(expected.get(i));
    }
  }

  @Test
  void engines_side_by_side_in_one_process_do_not_disturb_each_other() throws Exception {
    List<float[]> expected;
    try (EncoderEngine alone = open(1)) {
      expected = train(alone);
    }
    ExecutorService tasks = Executors.newFixedThreadPool(2);
    try {
      List<Future<List<float[]>>> running = new ArrayList<>();
      for (int task = 0; task < 2; task++) {
        running.add(
            tasks.submit(
                () -> {
                  try (EncoderEngine engine = open(1)) {
                    return train(engine);
                  }
                }));
      }
      for (Future<List<float[]>> task : running) {
        assertSame(task.get(), expected);
      }
    } finally {
      tasks.shutdown();
    }
  }

  @Test
  void embeddings_have_length_one() {
    try (EncoderEngine engine = open(1)) {
      for (float[] embeddings : engine.embedQueries(views(BATCH, 1))) {
        for (int start = 0; start < embeddings.length; start += SHAPE.embedding()) {
          double squares = 0;
          for (int i = start; i < start + SHAPE.embedding(); i++) {
            squares += (double) embeddings[i] * embeddings[i];
          }
          assertThat(squares).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void keys_and_evaluation_between_queries_and_backward_change_no_gradient() {
    float[] expected = new float[SIZE];
    float[] found = new float[SIZE];
    try (EncoderEngine engine = open(2)) {
      engine.embedQueries(views(BATCH, 1));
      engine.backward(gradients(2));
      engine.readGradients(1, expected);
      engine.embedQueries(views(BATCH, 1));
      engine.embedKeys(views(2 * BATCH, 3));
      engine.represent(1, views(BATCH, 4));
      engine.backward(gradients(2));
      engine.readGradients(1, found);
    }
    assertThat(found).containsExactly(expected);
  }

  @Test
  void evaluation_sees_each_sequence_by_itself_and_changes_nothing() {
    try (EncoderEngine engine = open(2)) {
      engine.embedQueries(views(BATCH, 1));
      float[] before = parameters(engine, Branch.QUERY, 0);
      ViewBatch both = views(2, 6);
      float[] together = engine.represent(0, both);
      ViewBatch one = views(1, 0);
      for (int frame = 0; frame < FRAMES; frame++) {
        System.arraycopy(
            both.inputs()[0],
            both.offset(frame, 1),
            one.inputs()[0],
            one.offset(frame, 0),
            SHAPE.features());
      }
      float[] alone = engine.represent(0, one);
      int width = SHAPE.representation();
      for (int i = 0; i < width; i++) {
        assertThat(alone[i]).isCloseTo(together[width + i], within(1e-6f));
      }
      assertThat(parameters(engine, Branch.QUERY, 0)).containsExactly(before);
    }
  }

  @Test
  void the_update_and_the_moving_average_leave_statistics_alone() {
    try (EncoderEngine engine = open(1)) {
      engine.embedQueries(views(BATCH, 1));
      engine.backward(gradients(1));
      float[] query = parameters(engine, Branch.QUERY, 0);
      float[] key = parameters(engine, Branch.KEY, 0);
      engine.update(0.1f, 0.9f, 0.5f);
      engine.movingAverage(0.5);
      float[] newQuery = parameters(engine, Branch.QUERY, 0);
      float[] newKey = parameters(engine, Branch.KEY, 0);
      for (ParameterLayout.Tensor tensor : new ParameterLayout(SHAPE).tensors()) {
        int i = tensor.offset();
        assertThat(newQuery[i] == query[i]).as(tensor.name()).isEqualTo(tensor.statistic());
        float moved = tensor.statistic() ? key[i] : 0.5f * key[i] + 0.5f * newQuery[i];
        assertThat(newKey[i]).as(tensor.name()).isCloseTo(moved, within(1e-6f));
      }
    }
  }

  @Test
  void the_velocity_can_be_carried_over() {
    try (EncoderEngine engine = open(1)) {
      float[] velocity = TestViews.random(SIZE, 3);
      engine.setVelocity(1, velocity);
      float[] found = new float[SIZE];
      engine.readVelocity(1, found);
      assertThat(found).containsExactly(velocity);
    }
  }

  @Test
  void backward_needs_queries() {
    try (EncoderEngine engine = open(1)) {
      assertThatThrownBy(() -> engine.backward(gradients(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("embedQueries");
      engine.embedQueries(views(BATCH, 1));
      engine.backward(gradients(1));
      assertThatThrownBy(() -> engine.backward(gradients(1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void wrong_sizes_are_refused_with_both_numbers() {
    try (EncoderEngine engine = open(1)) {
      assertThatThrownBy(() -> engine.setParameters(Branch.KEY, 0, new float[3]))
          .hasMessageContaining(Integer.toString(SIZE))
          .hasMessageContaining("found 3");
      assertThatThrownBy(() -> engine.embedQueries(TestViews.random(2, FRAMES, BATCH, 9, 1)))
          .hasMessageContaining("2 modalities of 12 features, found 2 of 9");
      engine.embedQueries(views(BATCH, 1));
      assertThatThrownBy(() -> engine.backward(new float[][] {new float[1], new float[1]}))
          .hasMessageContaining("modality 0 have 1 numbers, expected 40");
    }
    assertThatThrownBy(() -> open(0)).hasMessageContaining("at least 1 thread, found 0");
  }

  @Test
  void closing_frees_native_memory_and_is_final() {
    EncoderShape large = new EncoderShape(12, 128, 2, 8, 1, Recurrence.LOCKSTEP);
    long before = Pointer.totalBytes();
    EncoderEngine engine = EncoderEngines.open(large, 1, EncoderBackend.ONEDNN, 2);
    engine.embedQueries(TestViews.random(1, 64, 32, 12, 1));
    engine.backward(new float[][] {new float[32 * 8]});
    long traces = 4L * 64 * 32 * 128 * Float.BYTES;
    assertThat(Pointer.totalBytes() - before).isGreaterThan(traces);
    engine.close();
    engine.close();
    assertThat(Pointer.totalBytes() - before).isLessThan(traces / 10);
    assertThatThrownBy(() -> engine.embedQueries(TestViews.random(1, 64, 32, 12, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
