package dev.armature.encoder.cuda;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel of the losses, compiled as C++, against what it should give. */
class LossKernelsTest {
  private static final double TOLERANCE = 2e-6;
  private static final int ROWS = 3;

  /** Some threads of a block have two numbers of a row, and others one. */
  private static final int QUEUE = 300;

  private static final int EMBEDDING = 5;
  private static final int NEIGHBOURS = 70;
  private static final int SIZE = ROWS * QUEUE;

  @BeforeAll
  static void compiler() {
    HostLauncher.assumeCompiler();
  }

  /** Similarities of few different values, zeros of both signs among them. */
  private static float[] tied() {
    float[] values = Numbers.random(SIZE, 5);
    for (int i = 0; i < SIZE; i++) {
      values[i] = Math.round(values[i] * 2) / 4f;
    }
    return values;
  }

  /** What teachers say: some are neighbours with a probability of 0. */
  private static float[] said() {
    float[] values = Numbers.random(SIZE, 6);
    for (int i = 0; i < SIZE; i++) {
      values[i] = values[i] < 0 ? -1 : i % 7 == 0 ? 0 : values[i] / QUEUE;
    }
    return values;
  }

  private static Map<String, BiConsumer<LossKernels, Arena>> cases() {
    Map<String, BiConsumer<LossKernels, Arena>> cases = new TreeMap<>();
    for (int wanted : new int[] {1, NEIGHBOURS, QUEUE - 1, QUEUE}) {
      cases.put(
          "neighbours, %d of different ones".formatted(wanted),
          (kernels, arena) -> kernels.neighbours(arena.random(SIZE), ROWS, QUEUE, wanted, 5));
      cases.put(
          "neighbours, %d of equal ones".formatted(wanted),
          (kernels, arena) -> kernels.neighbours(arena.of(tied()), ROWS, QUEUE, wanted, 5));
      cases.put(
          "neighbours, %d where all are equal".formatted(wanted),
          (kernels, arena) ->
              kernels.neighbours(arena.of(new float[SIZE]), ROWS, QUEUE, wanted, 5));
    }
    cases.put(
        "neighbours of fewer than there are threads",
        (kernels, arena) -> kernels.neighbours(arena.random(ROWS * 9), ROWS, 9, 4, 5));
    for (boolean flag : new boolean[] {false, true}) {
      cases.put(
          "agree, first " + flag,
          (kernels, arena) ->
              kernels.agree(arena.of(said()), arena.of(reversed(said())), 0.25f, flag));
      cases.put(
          "mine, log of sum " + flag,
          (kernels, arena) ->
              kernels.mine(
                  arena.random(SIZE),
                  arena.random(ROWS * EMBEDDING),
                  arena.random(ROWS * EMBEDDING),
                  arena.of(said()),
                  arena.random(SIZE),
                  arena.random(ROWS * EMBEDDING),
                  arena.random(ROWS),
                  ROWS,
                  QUEUE,
                  EMBEDDING,
                  NEIGHBOURS,
                  4,
                  0.5f,
                  flag));
    }
    for (String excluded : List.of("none", "some", "all")) {
      cases.put(
          "contrast without " + excluded,
          (kernels, arena) ->
              kernels.contrast(
                  arena.random(SIZE),
                  arena.random(ROWS * EMBEDDING),
                  arena.random(ROWS * EMBEDDING),
                  switch (excluded) {
                    case "none" -> null;
                    case "some" -> arena.of(said());
                    default -> arena.of(new float[SIZE]);
                  },
                  arena.random(SIZE),
                  arena.random(ROWS * EMBEDDING),
                  arena.random(ROWS),
                  ROWS,
                  QUEUE,
                  EMBEDDING,
                  4,
                  0.5f));
    }
    // Random similarities are −1 to 1; those of the tied ones that are at least 0 are ties, too.
    for (int most : new int[] {0, 1, NEIGHBOURS, QUEUE}) {
      for (float least : new float[] {-1, 0, 0.5f, 2}) {
        String which = ", at most %d of at least %s".formatted(most, least);
        cases.put(
            "aggregate" + which,
            (kernels, arena) -> aggregate(kernels, arena, random(), QUEUE, EMBEDDING, most, least));
        cases.put(
            "aggregate of equal ones" + which,
            (kernels, arena) -> aggregate(kernels, arena, tied(), QUEUE, EMBEDDING, most, least));
      }
    }
    // More neighbours than are listed at a time, and more numbers of a key than there are threads.
    cases.put(
        "aggregate of many and long ones",
        (kernels, arena) ->
            aggregate(kernels, arena, Numbers.random(1300, 5), 1300, 301, 1200, -0.8f));
    cases.put(
        "distil",
        (kernels, arena) ->
            kernels.distil(
                arena.random(SIZE),
                arena.of(said()),
                arena.random(SIZE),
                arena.random(ROWS),
                ROWS,
                QUEUE,
                4,
                0.5f));
    return cases;
  }

  private static float[] random() {
    return Numbers.random(SIZE, 5);
  }

  private static void aggregate(
      LossKernels kernels,
      Arena arena,
      float[] similarities,
      int queue,
      int embedding,
      int most,
      float least) {
    int rows = similarities.length / queue;
    kernels.aggregate(
        arena.of(similarities),
        arena.random(rows * embedding),
        arena.random(queue * embedding),
        arena.random(rows * embedding),
        arena.random(rows),
        rows,
        queue,
        embedding,
        most,
        least,
        5);
  }

  private static float[] reversed(float[] values) {
    float[] backwards = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      backwards[i] = values[values.length - 1 - i];
    }
    return backwards;
  }

  static List<String> names() {
    return List.copyOf(cases().keySet());
  }

  private static List<float[]> run(String name, LossKernels kernels) {
    try (Arena arena = new Arena()) {
      cases().get(name).accept(kernels, arena);
      return arena.contents();
    }
  }

  private static LossKernels compiled(boolean backwards) {
    return new LaunchedLossKernels(new HostLauncher(backwards));
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_kernel_gives_what_it_should_whatever_the_order_of_its_threads(String name) {
    List<float[]> expected = run(name, new JavaLossKernels());
    List<float[]> forwards = run(name, compiled(false));
    List<float[]> backwards = run(name, compiled(true));

    for (int i = 0; i < expected.size(); i++) {
      assertClose(forwards.get(i), expected.get(i), TOLERANCE, name + ", argument " + i);
      assertThat(Arrays.equals(backwards.get(i), forwards.get(i)))
          .as("%s, argument %d, the same bits", name, i)
          .isTrue();
    }
    if (name.startsWith("neighbours") || name.startsWith("aggregate")) {
      float[] taught = expected.get(0);
      for (int i = 0; i < taught.length; i++) {
        assertThat(forwards.get(0)[i] < 0).as("whether %d is none", i).isEqualTo(taught[i] < 0);
      }
    }
  }

  @Test
  void similarities_far_below_the_rest_of_the_queue_are_still_learned() {
    for (LossKernels kernels : List.of(new JavaLossKernels(), compiled(false))) {
      try (Arena arena = new Arena()) {
        DeviceFloats derivatives = arena.of(new float[3]);
        DeviceFloats loss = arena.of(new float[1]);
        kernels.distil(
            arena.of(new float[] {1, -1, -1}),
            arena.of(new float[] {-1, 0.5f, 0.5f}),
            derivatives,
            loss,
            1,
            3,
            1000,
            1);
        assertThat(HostMemory.read(loss)).containsExactly(0f);
        assertThat(HostMemory.read(derivatives)).containsExactly(0f, 0f, 0f);
      }
    }
  }

  @Test
  void a_key_without_neighbours_is_its_own_mix_to_the_bit() {
    for (LossKernels kernels : List.of(new JavaLossKernels(), compiled(false))) {
      try (Arena arena = new Arena()) {
        DeviceFloats key = arena.random(EMBEDDING);
        DeviceFloats mix = arena.of(new float[EMBEDDING]);
        DeviceFloats count = arena.of(new float[] {7});
        kernels.aggregate(
            arena.of(new float[] {Float.NaN, 0.8f, -1}),
            key,
            arena.random(3 * EMBEDDING),
            mix,
            count,
            1,
            3,
            EMBEDDING,
            2,
            0.9f,
            10);
        assertThat(HostMemory.read(mix)).containsExactly(HostMemory.read(key));
        assertThat(HostMemory.read(count)).containsExactly(0f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7fc00000, 0x7fffffff, 0xffc00000})
  void what_is_no_number_makes_losses_that_are_none(int bits) {
    for (LossKernels kernels : List.of(new JavaLossKernels(), compiled(false))) {
      try (Arena arena = new Arena()) {
        float[] similarities = Numbers.random(QUEUE, 1);
        similarities[7] = Float.intBitsToFloat(bits);
        DeviceFloats said = arena.of(similarities);
        DeviceFloats loss = arena.of(new float[1]);
        kernels.neighbours(said, 1, QUEUE, NEIGHBOURS, 5);
        kernels.distil(arena.random(QUEUE), said, arena.random(QUEUE), loss, 1, QUEUE, 5, 1);
        assertThat(HostMemory.read(loss)[0]).isNaN();
      }
    }
  }
}
