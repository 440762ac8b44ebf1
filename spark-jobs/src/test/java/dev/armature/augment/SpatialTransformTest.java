package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SpatialTransformTest {
  private static final float[] IDENTITY = {1, 0, 0, 0, 1, 0, 0, 0, 1};

  /** The matrix of every joint and person, seen by what becomes of the three unit vectors. */
  private static List<float[]> matrices(SpatialTransform transform, int joints, int persons) {
    float[][] view = new float[3][joints * 3 * persons];
    for (int axis = 0; axis < 3; axis++) {
      for (int joint = 0; joint < joints; joint++) {
        for (int person = 0; person < persons; person++) {
          view[axis][(joint * 3 + axis) * persons + person] = 1;
        }
      }
    }
    transform.apply(view);
    List<float[]> matrices = new ArrayList<>();
    for (int joint = 0; joint < joints; joint++) {
      for (int person = 0; person < persons; person++) {
        float[] matrix = new float[9];
        for (int i = 0; i < 9; i++) {
          matrix[i] = view[i / 3][(joint * 3 + i % 3) * persons + person];
        }
        matrices.add(matrix);
      }
    }
    return matrices;
  }

  @Test
  void before_the_first_draw_nothing_is_changed() {
    assertThat(matrices(new SpatialTransform(25, 2, 0.6), 25, 2))
        .allSatisfy(matrix -> assertThat(matrix).isEqualTo(IDENTITY));
  }

  @Test
  void half_the_draws_shear_a_quarter_zeroes_joints_and_a_quarter_mixes_them() {
    SpatialTransform transform = new SpatialTransform(25, 2, 0.6);
    SplittableRandom random = new SplittableRandom(11);
    int shears = 0;
    int zeroed = 0;
    Set<Integer> everCorrupted = new HashSet<>();
    for (int draw = 0; draw < 2000; draw++) {
      transform.draw(random);
      List<float[]> matrices = matrices(transform, 25, 2);
      List<Integer> changed = new ArrayList<>();
      for (int place = 0; place < matrices.size(); place++) {
        if (!Arrays.equals(matrices.get(place), IDENTITY)) {
          changed.add(place);
        }
      }
      float[] matrix = matrices.get(changed.get(0));
      for (int place : changed) {
        assertThat(matrices.get(place)).isEqualTo(matrix);
      }
      if (changed.size() == 50) {
        shears++;
        assertThat(new float[] {matrix[0], matrix[4], matrix[8]}).containsOnly(1);
        assertThat(matrix[1]).isBetween(-1f, 1f);
      } else {
        assertThat(changed).as("15 joints of both persons").hasSize(30);
        everCorrupted.addAll(changed);
        if (matrix[0] == 0) {
          zeroed++;
          assertThat(matrix).containsOnly(0);
        }
      }
    }
    // Four standard deviations of 2000 draws are 90 and 78.
    assertThat(shears).isBetween(910, 1090);
    assertThat(zeroed).isBetween(422, 578);
    assertThat(everCorrupted).hasSize(50);
  }

  @Property(tries = 100)
  void a_transform_is_linear(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2) int persons) {
    int features = 20 * 3 * persons;
    SplittableRandom random = new SplittableRandom(seed);
    float[] first = numbers(random, features);
    float[] second = numbers(random, features);
    float[] sum = new float[features];
    for (int i = 0; i < features; i++) {
      sum[i] = 2 * first[i] - second[i];
    }
    SpatialTransform transform = new SpatialTransform(20, persons, 0.6);
    transform.draw(random);
    transform.apply(new float[][] {first, second, sum});
    for (int i = 0; i < features; i++) {
      assertThat(sum[i]).isCloseTo(2 * first[i] - second[i], within(1e-5f));
    }
  }

  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }
}
