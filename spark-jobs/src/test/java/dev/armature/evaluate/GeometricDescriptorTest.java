package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class GeometricDescriptorTest {
  private static final GeometricDescriptor DESCRIPTOR = new GeometricDescriptor(ToyData.LAYOUT, 2);

  @Property(tries = 100)
  void where_somebody_stands_and_faces_and_how_tall_they_are_does_not_count(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -3.2, max = 3.2) double yaw,
      @ForAll @DoubleRange(min = 0.3, max = 3) double scale,
      @ForAll @DoubleRange(min = -2, max = 2) double shift) {
    SkeletonSequence sequence = pair(seed);
    float[] moved = sequence.coordinates().clone();
    for (int place = 0; place < moved.length; place += 3) {
      double x = moved[place];
      double y = moved[place + 1];
      moved[place] = (float) (scale * (Math.cos(yaw) * x - Math.sin(yaw) * y) + shift);
      moved[place + 1] = (float) (scale * (Math.sin(yaw) * x + Math.cos(yaw) * y) - shift);
      moved[place + 2] = (float) (scale * moved[place + 2] + 2 * shift);
    }

    float[] expected = DESCRIPTOR.of(sequence);
    float[] found = DESCRIPTOR.of(with(sequence, 2, moved));

    for (int place = 0; place < expected.length; place++) {
      assertThat(found[place]).isCloseTo(expected[place], within(2e-4f));
    }
  }

  @Test
  void shoulders_lie_along_x_and_bones_have_length_1_on_average() {
    float[] coordinates = new float[2 * 4 * 3];
    for (int frame = 0; frame < 2; frame++) {
      // Root at (5, 5, 5), head 2 above, left and right 4 apart along y at the head's height.
      float[] joints = {5, 5, 5, 5, 5, 7, 5, 3, 7, 5, 7, 7};
      System.arraycopy(joints, 0, coordinates, frame * 12, 12);
    }
    float[] found =
        new GeometricDescriptor(ToyData.LAYOUT, 1)
            .of(new SkeletonSequence("a", 0, 1, 1, 1, 2, 1, 4, coordinates));

    float[] expected = {0, 0, 0, 0, 0, 1, -1, 0, 1, 1, 0, 1};
    assertThat(found).hasSize(GeometricDescriptor.FRAMES * 12);
    for (int frame = 0; frame < GeometricDescriptor.FRAMES; frame++) {
      assertThat(Arrays.copyOfRange(found, frame * 12, frame * 12 + 12))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(expected);
    }
  }

  @Test
  void a_person_that_is_not_there_is_zero_and_one_that_is_keeps_its_distance() {
    SkeletonSequence both = pair(4);
    float[] alone = new float[both.coordinates().length / 2];
    for (int frame = 0; frame < both.frames(); frame++) {
      System.arraycopy(both.coordinates(), frame * 24, alone, frame * 12, 12);
    }

    float[] ofBoth = DESCRIPTOR.of(both);
    float[] ofOne = DESCRIPTOR.of(with(both, 1, alone));

    for (int frame = 0; frame < GeometricDescriptor.FRAMES; frame++) {
      assertThat(Arrays.copyOfRange(ofOne, frame * 24, frame * 24 + 12))
          .containsExactly(Arrays.copyOfRange(ofBoth, frame * 24, frame * 24 + 12));
      assertThat(Arrays.copyOfRange(ofOne, frame * 24 + 12, frame * 24 + 24)).containsOnly(0f);
      double apart = 0;
      for (int coordinate = 0; coordinate < 3; coordinate++) {
        apart += Math.pow(ofBoth[frame * 24 + 12 + coordinate], 2);
      }
      assertThat(apart).isGreaterThan(0.5);
    }
  }

  /** Two persons, about three metres apart. */
  private static SkeletonSequence pair(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SkeletonSequence first = ToyData.sequence(0, 1, random);
    float[] coordinates = new float[first.frames() * 24];
    for (int frame = 0; frame < first.frames(); frame++) {
      for (int number = 0; number < 12; number++) {
        float own = first.coordinates()[frame * 12 + number];
        coordinates[frame * 24 + number] = own;
        coordinates[frame * 24 + 12 + number] = own * 0.9f + (number % 3 == 1 ? 3 : 0);
      }
    }
    return with(first, 2, coordinates);
  }

  private static SkeletonSequence with(
      SkeletonSequence sequence, int persons, float[] coordinates) {
    return new SkeletonSequence(
        sequence.id(), 0, 1, 1, 1, sequence.frames(), persons, sequence.joints(), coordinates);
  }
}
