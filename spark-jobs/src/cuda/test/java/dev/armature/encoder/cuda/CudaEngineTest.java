package dev.armature.encoder.cuda;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.Recurrence;
import dev.armature.encoder.cuda.HostDevice.Order;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine on a device in main memory, against the engine of the processor. */
class CudaEngineTest {
  /** Of a tensor's greatest number; sums of some 50 products in single precision. */
  private static final double TOLERANCE = 1e-5;

  private static final int FEATURES = 9;
  private static final int HIDDEN = 6;
  private static final int FRAMES = 7;
  private static final int BATCH = 5;

  private static EncoderShape shape(int layers, int heads, Recurrence recurrence) {
    return new EncoderShape(FEATURES, HIDDEN, layers, 4, heads, recurrence);
  }

  private static EncoderEngine started(EncoderEngine engine) {
    for (int modality = 0; modality < engine.modalities(); modality++) {
      float[] parameters = EncoderInitializer.initialize(engine.shape(), 4, modality);
      float[] other = EncoderInitializer.initialize(engine.shape(), 5, modality);
      engine.setParameters(Branch.QUERY, modality, parameters);
      engine.setParameters(Branch.KEY, modality, other);
      engine.setVelocity(modality, withoutStatistics(engine.shape(), modality));
    }
    return engine;
  }

  private static float[] withoutStatistics(EncoderShape shape, long seed) {
    ParameterLayout layout = new ParameterLayout(shape);
    float[] values = Numbers.random(layout.size(), seed);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        values[i] = tensor.statistic() ? 0 : 0.1f * values[i];
      }
    }
    return values;
  }

  private static ViewBatch views(EncoderEngine engine, int sequences, long seed) {
    return Numbers.views(engine.modalities(), FRAMES, sequences, FEATURES, seed);
  }

  private static float[][] directions(EncoderEngine engine, int sequences, long seed) {
    EncoderShape shape = engine.shape();
    float[][] directions = new float[engine.modalities()][];
    for (int modality = 0; modality < directions.length; modality++) {
      directions[modality] =
          Numbers.random(shape.heads() * sequences * shape.embedding(), seed + modality);
    }
    return directions;
  }

  private static Map<String, float[]> train(EncoderEngine engine) {
    return train(engine, BATCH, BATCH + 4, 2);
  }

  /** Steps with batches of several sizes, and all that can be read on the way. */
  private static Map<String, float[]> train(EncoderEngine engine, int... batches) {
    Map<String, float[]> results = new LinkedHashMap<>();
    for (int step = 0; step < batches.length; step++) {
      String name = "step %d, ".formatted(step);
      put(results, name + "queries", engine.embedQueries(views(engine, batches[step], step)));
      engine.movingAverage(0.9);
      put(results, name + "keys", engine.embedKeys(views(engine, 2 * BATCH - step % 3, 10 + step)));
      int last = engine.modalities() - 1;
      results.put(name + "representations", engine.represent(last, views(engine, 3, 20 + step)));
      engine.backward(directions(engine, batches[step], step));
      for (int modality = 0; modality < engine.modalities(); modality++) {
        float[] gradient = new float[new ParameterLayout(engine.shape()).size()];
        engine.readGradients(modality, gradient);
        results.put(name + "gradient of encoder " + modality, gradient);
      }
      engine.update(0.05f, 0.9f, 0.01f);
    }
    for (int modality = 0; modality < engine.modalities(); modality++) {
      int size = new ParameterLayout(engine.shape()).size();
      for (Branch branch : Branch.values()) {
        float[] parameters = new float[size];
        engine.readParameters(branch, modality, parameters);
        results.put("%s encoder %d".formatted(branch, modality), parameters);
      }
      float[] velocity = new float[size];
      engine.readVelocity(modality, velocity);
      results.put("momentum of encoder " + modality, velocity);
      results.put("embeddings " + modality, engine.embed(modality, views(engine, BATCH, 30)));
    }
    return results;
  }

  private static void put(Map<String, float[]> results, String name, float[][] byModality) {
    for (int modality = 0; modality < byModality.length; modality++) {
      results.put(name + " " + modality, byModality[modality]);
    }
  }

  private static void assertAgree(
      EncoderShape shape, Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    int size = new ParameterLayout(shape).size();
    expected.forEach(
        (name, values) -> {
          if (values.length == size) {
            assertClose(found.get(name), values, shape, TOLERANCE, name + ",");
          } else {
            assertClose(found.get(name), values, TOLERANCE, name);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "LOCKSTEP, 1, 1, 1, LATE",
    "LOCKSTEP, 2, 2, 2, SECOND_EARLY",
    "LOCKSTEP, 3, 1, 3, FIRST_EARLY",
    "LOCKSTEP, 3, 2, 1, LATE",
    "BIDIRECTIONAL, 1, 2, 1, SECOND_EARLY",
    "BIDIRECTIONAL, 2, 1, 2, LATE",
    "BIDIRECTIONAL, 3, 2, 1, FIRST_EARLY",
    "BIDIRECTIONAL, 3, 1, 1, SECOND_EARLY"
  })
  void steps_are_those_of_the_processors_engine(
      Recurrence recurrence, int layers, int heads, int modalities, Order order) {
    EncoderShape shape = shape(layers, heads, recurrence);
    Map<String, float[]> expected;
    try (EncoderEngine engine =
        started(EncoderEngines.open(shape, modalities, EncoderBackend.PLAIN, 1))) {
      expected = train(engine);
    }
    HostDevice device = new HostDevice(order, JavaKernels::new, Long.MAX_VALUE);
    try (EncoderEngine engine = started(new CudaEngine(device, shape, modalities, false))) {
      assertAgree(shape, train(engine), expected);
    }
    assertThat(device.open()).as("what was not closed").isZero();
    assertThat(device.closed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"LOCKSTEP, false", "BIDIRECTIONAL, true"})
  void steps_are_the_same_with_the_kernels_themselves(Recurrence recurrence, boolean backwards) {
    HostLauncher.assumeCompiler();
    EncoderShape shape = shape(2, 2, recurrence);
    Map<String, float[]> expected;
    try (EncoderEngine engine = started(new CudaEngine(new HostDevice(), shape, 1, false))) {
      expected = train(engine);
    }
    HostDevice device =
        new HostDevice(
            Order.LATE,
            () -> new LaunchedKernels(new HostLauncher(backwards)),
            Long.MAX_VALUE);
    try (EncoderEngine engine = started(new CudaEngine(device, shape, 1, false))) {
      assertAgree(shape, train(engine), expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LOCKSTEP, 1, 2, LATE",
    "LOCKSTEP, 3, 1, SECOND_EARLY",
    "BIDIRECTIONAL, 2, 2, FIRST_EARLY"
  })
  void recorded_launches_give_the_same_bits_as_launches_one_by_one(
      Recurrence recurrence, int layers, int heads, Order order) {
    EncoderShape shape = shape(layers, heads, recurrence);
    // Sizes that come again, and one that needs more memory, after which addresses are others.
    int[] batches = {BATCH, 2, BATCH, 2, BATCH, BATCH + 4, BATCH, BATCH + 4, BATCH, BATCH + 4};
    HostDevice device = new HostDevice(order, JavaKernels::new, Long.MAX_VALUE);
    Map<String, float[]> expected;
    try (EncoderEngine engine = started(new CudaEngine(device, shape, 2, false))) {
      expected = train(engine, batches);
    }
    assertThat(device.recorded()).isZero();
    HostDevice recording = new HostDevice(order, JavaKernels::new, Long.MAX_VALUE);
    try (EncoderEngine engine = started(new CudaEngine(recording, shape, 2, true))) {
      train(engine, batches)
          .forEach((name, found) -> assertThat(found).as(name).containsExactly(expected.get(name)));
    }
    assertThat(recording.recorded()).isPositive();
    assertThat(recording.replayed()).isGreaterThan(recording.recorded());
    assertThat(recording.open()).as("what was not closed").isZero();
  }

  @Test
  void evaluation_alone_takes_no_memory_of_what_trains() {
    EncoderShape shape = shape(2, 1, Recurrence.LOCKSTEP);
    int size = new ParameterLayout(shape).size();
    HostDevice device = new HostDevice();
    try (EncoderEngine engine = new CudaEngine(device, shape, 1, false)) {
      engine.setParameters(Branch.QUERY, 0, EncoderInitializer.initialize(shape, 4, 0));
      engine.represent(0, views(engine, BATCH, 1));
      assertThat(device.purposes())
          .contains("parameters of query encoder 0")
          .noneMatch(each -> each.matches("(parameters of key|momentum|gradients).*"));
      engine.setParameters(Branch.KEY, 0, new float[size]);
      engine.setVelocity(0, new float[size]);
      engine.embedQueries(views(engine, BATCH, 1));
      engine.backward(directions(engine, BATCH, 1));
      assertThat(device.purposes())
          .contains(
              "parameters of key encoder 0",
              "momentum of query encoder 0",
              "gradients of query encoder 0");
    }
  }

  @Test
  void the_same_calls_give_the_same_bits_in_main_memory() {
    EncoderShape shape = shape(2, 1, Recurrence.LOCKSTEP);
    try (EncoderEngine first = started(new CudaEngine(new HostDevice(), shape, 2, false));
        EncoderEngine second = started(new CudaEngine(new HostDevice(), shape, 2, false))) {
      Map<String, float[]> expected = train(first);
      train(second).forEach((name, found) -> assertThat(found).containsExactly(expected.get(name)));
    }
  }

  @Test
  void parameters_come_back_as_they_went() {
    EncoderShape shape = shape(3, 2, Recurrence.LOCKSTEP);
    try (EncoderEngine engine = new CudaEngine(new HostDevice(), shape, 2, false)) {
      int size = new ParameterLayout(shape).size();
      for (int modality = 0; modality < 2; modality++) {
        for (Branch branch : Branch.values()) {
          engine.setParameters(branch, modality, numbered(size, branch, modality));
        }
        engine.setVelocity(modality, numbered(size, Branch.QUERY, 7 + modality));
      }
      float[] found = new float[size];
      for (int modality = 0; modality < 2; modality++) {
        for (Branch branch : Branch.values()) {
          engine.readParameters(branch, modality, found);
          assertThat(found).containsExactly(numbered(size, branch, modality));
        }
        engine.readVelocity(modality, found);
        assertThat(found).containsExactly(numbered(size, Branch.QUERY, 7 + modality));
      }
    }
  }

  private static float[] numbered(int size, Branch branch, int modality) {
    return Numbers.random(size, 100 * (modality + 1) + (branch == Branch.KEY ? 1 : 0));
  }

  @Test
  void keys_and_evaluation_between_queries_and_backward_change_no_gradient() {
    EncoderShape shape = shape(2, 1, Recurrence.LOCKSTEP);
    try (EncoderEngine engine = started(new CudaEngine(new HostDevice(), shape, 2, false))) {
      float[] expected = new float[new ParameterLayout(shape).size()];
      float[] found = new float[expected.length];
      engine.embedQueries(views(engine, BATCH, 1));
      engine.backward(directions(engine, BATCH, 2));
      engine.readGradients(1, expected);
      engine.embedQueries(views(engine, BATCH, 1));
      engine.embedKeys(views(engine, 2 * BATCH, 3));
      engine.represent(1, views(engine, 3 * BATCH, 4));
      engine.embed(1, views(engine, 1, 4));
      engine.backward(directions(engine, BATCH, 2));
      engine.readGradients(1, found);
      assertThat(found).containsExactly(expected);
    }
  }

  @Test
  void backward_needs_queries() {
    EncoderShape shape = shape(1, 1, Recurrence.LOCKSTEP);
    try (EncoderEngine engine = started(new CudaEngine(new HostDevice(), shape, 1, false))) {
      assertThatThrownBy(() -> engine.backward(directions(engine, BATCH, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("embedQueries");
      engine.embedQueries(views(engine, BATCH, 1));
      assertThatThrownBy(() -> engine.backward(directions(engine, 1, 1)))
          .hasMessageContaining("modality 0 have 4 numbers, expected 20");
      engine.backward(directions(engine, BATCH, 1));
      assertThatThrownBy(() -> engine.backward(directions(engine, BATCH, 1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void wrong_sizes_are_refused_with_both_numbers() {
    EncoderShape shape = shape(1, 1, Recurrence.LOCKSTEP);
    try (EncoderEngine engine = new CudaEngine(new HostDevice(), shape, 2, false)) {
      int size = new ParameterLayout(shape).size();
      assertThatThrownBy(() -> engine.setParameters(Branch.KEY, 0, new float[3]))
          .hasMessageContaining(Integer.toString(size))
          .hasMessageContaining("found 3");
      assertThatThrownBy(() -> engine.embedKeys(Numbers.views(1, FRAMES, BATCH, FEATURES, 1)))
          .hasMessageContaining("2 modalities of 9 features, found 1 of 9");
    }
  }

  @Test
  void too_little_memory_leaves_none_behind_and_says_what_to_lower() {
    EncoderShape shape = shape(2, 1, Recurrence.LOCKSTEP);
    HostDevice enough = new HostDevice();
    long opened;
    long needed;
    try (EncoderEngine engine = new CudaEngine(enough, shape, 2, false)) {
      opened = enough.taken();
      started(engine);
      needed = enough.taken();
      engine.embedQueries(views(engine, BATCH, 1));
      assertThat(enough.taken()).isGreaterThan(needed);
    }
    HostDevice none = new HostDevice(Order.LATE, JavaKernels::new, opened - 1);
    assertThatThrownBy(() -> new CudaEngine(none, shape, 2, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(
            "main memory", "parameters of query encoder 1", "free", "train.batch", "encoder.hidden");
    assertThat(none.open()).isZero();
    HostDevice small = new HostDevice(Order.LATE, JavaKernels::new, needed - 1);
    try (EncoderEngine engine = new CudaEngine(small, shape, 2, false)) {
      assertThatThrownBy(() -> started(engine)).hasMessageContaining("momentum of query encoder 1");
    }
    assertThat(small.open()).isZero();
    HostDevice tight = new HostDevice(Order.LATE, JavaKernels::new, needed + 10);
    try (EncoderEngine engine = started(new CudaEngine(tight, shape, 2, false))) {
      assertThatThrownBy(() -> engine.embedQueries(views(engine, BATCH, 1)))
          .hasMessageContaining("views of query encoder 0");
      assertThatThrownBy(() -> engine.backward(directions(engine, BATCH, 1)))
          .hasMessageContaining("embedQueries");
    }
    assertThat(tight.open()).isZero();
  }

  @Test
  void closing_is_final() {
    EncoderEngine engine =
        new CudaEngine(new HostDevice(), shape(1, 1, Recurrence.LOCKSTEP), 1, false);
    engine.close();
    engine.close();
    assertThatThrownBy(() -> engine.movingAverage(0.9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void a_device_that_has_failed_is_freed_as_far_as_it_goes_and_the_first_failure_is_told() {
    HostDevice device = new HostDevice();
    EncoderShape shape = shape(1, 1, Recurrence.LOCKSTEP);
    CudaEngine engine = new CudaEngine(device, shape, 2, false);
    engine.embedQueries(views(engine, BATCH, 1));
    device.fail("the first failure");

    assertThatThrownBy(engine::close)
        .hasMessage("the first failure")
        .satisfies(failure -> assertThat(failure.getSuppressed()).isNotEmpty());
    assertThat(device.open()).as("what was not given back").isZero();
    assertThat(device.closed()).isTrue();
    engine.close();
  }
}
