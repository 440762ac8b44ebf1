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

/**
 * Every kernel, compiled as C++, against what it should give. Sizes are those at which blocks and
 * tiles are not full.
 */
class KernelsTest {
  private static final double TOLERANCE = 1e-6;
  private static final int ROWS = 37;
  private static final int WIDTH = 45;

  @BeforeAll
  static void compiler() {
    HostLauncher.assumeCompiler();
  }

  private static Map<String, BiConsumer<Kernels, Arena>> cases() {
    Map<String, BiConsumer<Kernels, Arena>> cases = new TreeMap<>();
    int size = ROWS * WIDTH;
    cases.put(
        "norm_train",
        (kernels, arena) ->
            kernels.normTrain(
                arena.random(size),
                arena.random(size),
                arena.random(size),
                ROWS,
                WIDTH,
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.positive(WIDTH)));
    cases.put(
        "norm_train of one row",
        (kernels, arena) ->
            kernels.normTrain(
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.random(WIDTH),
                1,
                WIDTH,
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.positive(WIDTH)));
    cases.put(
        "norm_evaluate",
        (kernels, arena) ->
            kernels.normEvaluate(
                arena.random(size),
                arena.random(size),
                ROWS,
                WIDTH,
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.random(WIDTH),
                arena.positive(WIDTH)));
    cases.put(
        "norm_backward",
        (kernels, arena) ->
            kernels.normBackward(
                arena.random(size),
                arena.random(size),
                ROWS,
                WIDTH,
                arena.random(WIDTH),
                arena.random(WIDTH)));
    cases.put(
        "reverse_frames",
        (kernels, arena) ->
            kernels.reverseFrames(arena.random(size), arena.random(size), ROWS, WIDTH));
    cases.put(
        "unit_length of zeros",
        (kernels, arena) ->
            kernels.unitLength(
                arena.of(new float[size]), arena.random(size), arena.random(ROWS), ROWS, WIDTH));
    cases.put(
        "unit_length",
        (kernels, arena) ->
            kernels.unitLength(
                arena.random(ROWS * 130),
                arena.random(ROWS * 130),
                arena.random(ROWS),
                ROWS,
                130));
    cases.put(
        "unit_backward",
        (kernels, arena) ->
            kernels.unitBackward(
                arena.random(size),
                arena.random(size),
                arena.positive(ROWS),
                arena.random(size),
                ROWS,
                WIDTH));
    cases.put(
        "unit_backward of zeros",
        (kernels, arena) ->
            kernels.unitBackward(
                arena.random(size),
                arena.of(new float[size]),
                arena.of(new float[ROWS]),
                arena.random(size),
                ROWS,
                WIDTH));
    cases.put(
        "sum_rows",
        (kernels, arena) -> kernels.sumRows(arena.random(size), arena.random(WIDTH), ROWS, WIDTH));
    cases.put(
        "mask_unless_positive",
        (kernels, arena) ->
            kernels.maskUnlessPositive(arena.random(size), arena.random(size), size));
    cases.put(
        "descend",
        (kernels, arena) ->
            kernels.descend(
                arena.random(size), arena.random(size), arena.random(size), 0.1f, 0.9f, 0.01f));
    cases.put(
        "average",
        (kernels, arena) -> kernels.average(arena.random(size), arena.random(size), 0.9f, 0.1f));
    cases.put(
        "split",
        (kernels, arena) ->
            kernels.split(
                arena.random(2 * size), arena.random(size), arena.random(size), ROWS, WIDTH));
    // Strides wider than the matrix; what lies between must stay.
    cases.put(
        "pack",
        (kernels, arena) ->
            kernels.pack(arena.random(ROWS * 3 * WIDTH), 3 * WIDTH, arena.random(size), ROWS, WIDTH));
    cases.put(
        "unpack",
        (kernels, arena) ->
            kernels.unpack(
                arena.random(size), arena.random(ROWS * 3 * WIDTH), 3 * WIDTH, ROWS, WIDTH));
    for (boolean flag : new boolean[] {false, true}) {
      cases.put(
          "add_frames, reversed " + flag,
          (kernels, arena) ->
              kernels.addFrames(
                  arena.random(size), arena.random(size), arena.random(size), ROWS, WIDTH, flag));
      cases.put(
          "join, reversed " + flag,
          (kernels, arena) ->
              kernels.join(
                  arena.random(5 * 7 * 9),
                  arena.random(5 * 7 * 9),
                  arena.random(2 * 5 * 7 * 9),
                  5,
                  7,
                  9,
                  flag));
      cases.put(
          "split_sum, reversed " + flag,
          (kernels, arena) ->
              kernels.splitSum(
                  arena.random(2 * 5 * 7 * 9),
                  arena.random(2 * 5 * 7 * 9),
                  arena.random(5 * 7 * 9),
                  arena.random(5 * 7 * 9),
                  5,
                  7,
                  9,
                  flag));
      cases.put(
          "add_bias, rectified " + flag,
          (kernels, arena) ->
              kernels.addBias(arena.random(size), arena.random(WIDTH), ROWS, WIDTH, flag));
    }
    return cases;
  }

  static List<String> names() {
    return List.copyOf(cases().keySet());
  }

  private static List<float[]> run(String name, Kernels kernels) {
    try (Arena arena = new Arena()) {
      cases().get(name).accept(kernels, arena);
      return arena.contents();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_kernel_gives_what_it_should_whatever_the_order_of_its_threads(String name) {
    List<float[]> expected = run(name, new JavaKernels());
    List<float[]> forwards = run(name, new LaunchedKernels(new HostLauncher(false)));
    List<float[]> backwards = run(name, new LaunchedKernels(new HostLauncher(true)));

    for (int i = 0; i < expected.size(); i++) {
      assertClose(forwards.get(i), expected.get(i), TOLERANCE, name + ", argument " + i);
      assertThat(Arrays.equals(backwards.get(i), forwards.get(i)))
          .as("%s, argument %d, the same bits", name, i)
          .isTrue();
    }
  }

  @Test
  void floats_are_rounded_to_the_nearest_bfloat16_and_ties_to_even() {
    float[] values = {
      1f,
      1f + 0x1p-8f,
      1f + 3 * 0x1p-8f,
      1f + 0x1p-8f + 0x1p-20f,
      -(1f + 0x1p-8f),
      Float.MAX_VALUE,
      Float.MIN_VALUE,
      -0f,
      Float.NEGATIVE_INFINITY
    };
    float[] expected = {
      1f,
      1f,
      1f + 0x1p-6f,
      1f + 0x1p-7f,
      -1f,
      Float.POSITIVE_INFINITY,
      0f,
      -0f,
      Float.NEGATIVE_INFINITY
    };
    for (Kernels kernels :
        List.of(new JavaKernels(), new LaunchedKernels(new HostLauncher(false)))) {
      try (Arena arena = new Arena()) {
        DeviceFloats rounded = arena.random((values.length + 1) / 2);
        DeviceFloats back = arena.random(values.length);
        kernels.toBfloat16(arena.of(values), rounded, values.length);
        kernels.fromBfloat16(rounded, back, values.length);
        assertThat(HostMemory.read(back)).containsExactly(expected);

        kernels.toBfloat16(arena.of(new float[] {Float.NaN}), rounded.part(0, 1), 1);
        kernels.fromBfloat16(rounded.part(0, 1), back.part(0, 1), 1);
        assertThat(HostMemory.read(back)[0]).isNaN();
      }
    }
  }

  @Test
  void what_is_no_number_is_not_rectified_away() {
    for (Kernels kernels :
        List.of(new JavaKernels(), new LaunchedKernels(new HostLauncher(false)))) {
      try (Arena arena = new Arena()) {
        DeviceFloats values = arena.of(new float[] {Float.NaN, -1});
        kernels.addBias(values, arena.of(new float[] {1, 0}), 1, 2, true);
        assertThat(HostMemory.read(values)).containsExactly(Float.NaN, 0f);
      }
    }
  }

  @Test
  void a_length_beyond_all_threads_is_gone_through() {
    int length = 4096 * 256 + 5;
    try (Arena arena = new Arena()) {
      DeviceFloats key = arena.random(length);
      DeviceFloats query = arena.random(length);
      new LaunchedKernels(new HostLauncher(false)).average(key, query, 0, 1);
      assertThat(Arrays.equals(HostMemory.read(key), HostMemory.read(query))).isTrue();
    }
  }
}
