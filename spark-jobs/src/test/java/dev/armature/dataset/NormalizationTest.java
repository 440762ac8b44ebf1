package dev.armature.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final int JOINTS = 25;
  private static final Recording RECORDING =
      new Recording("S001C002P003R001A004", "here", 0, 0, 3, 3, 2, 1, Split.TRAIN);

  @Property(tries = 50)
  void distances_within_a_frame_are_kept(@ForAll long seed) throws BadRecordingException {
    BodyTracks tracks = random(seed, 2, 5);
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, tracks);

    int[] actors = BodySelection.actors(tracks);
    for (int frame = 0; frame < 5; frame++) {
      for (int joint = 1; joint < JOINTS; joint++) {
        double before =
            distance(
                tracks.coordinates(),
                tracks.offset(actors[0], frame, joint),
                tracks.offset(actors[1], frame, joint - 1));
        double after =
            distance(
                sequence.coordinates(),
                sequence.offset(frame, 0, joint),
                sequence.offset(frame, 1, joint - 1));
        assertThat(after).isCloseTo(before, within(1e-4));
      }
    }
  }

  @Property(tries = 50)
  void the_first_frame_stands_by_spine_and_shoulders(@ForAll long seed)
      throws BadRecordingException {
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, random(seed, 1, 4));

    float[] x = sequence.coordinates();
    for (int frame = 0; frame < 4; frame++) {
      int centre = sequence.offset(frame, 0, LAYOUT.centre());
      assertThat(x[centre]).isZero();
    }
    int left = sequence.offset(0, 0, LAYOUT.shoulders().from());
    int right = sequence.offset(0, 0, LAYOUT.shoulders().to());
    assertThat(x[right]).isGreaterThan(x[left]);
    assertThat(x[right + 1] - x[left + 1]).isCloseTo(0, within(1e-5f));
    assertThat(x[right + 2] - x[left + 2]).isCloseTo(0, within(1e-5f));
  }

  @Property(tries = 100)
  void a_rotation_onto_an_axis_is_a_rotation_onto_that_axis(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] from = {random.nextDouble(-1, 1), random.nextDouble(-1, 1), random.nextDouble(-1, 1)};
    int axis = random.nextInt(3);
    if (random.nextInt(4) == 0) {
      // Nearly opposite to the axis, where the usual formula divides by almost nothing.
      from = new double[] {1e-9, 1e-9, 1e-9};
      from[axis] = -1;
    }
    double[] matrix = Rotation.onto(from, axis);
    double[] turned = Rotation.apply(matrix, from);
    double length = Math.sqrt(from[0] * from[0] + from[1] * from[1] + from[2] * from[2]);

    for (int i = 0; i < 3; i++) {
      assertThat(turned[i]).isCloseTo(i == axis ? length : 0, within(1e-8));
      for (int j = 0; j < 3; j++) {
        double dot = 0;
        for (int k = 0; k < 3; k++) {
          dot += matrix[i * 3 + k] * matrix[j * 3 + k];
        }
        assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-9));
      }
    }
    assertThat(determinant(matrix)).isCloseTo(1, within(1e-9));
  }

  @Test
  void a_direction_without_length_turns_nothing() {
    assertThat(Rotation.onto(new double[3], 2)).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
  }

  @Test
  void a_body_whose_spine_was_not_seen_is_centred_but_not_turned_upright()
      throws BadRecordingException {
    BodyTracks tracks = random(1, 1, 3);
    for (int joint : new int[] {0, 4}) {
      int at = tracks.offset(0, 0, joint);
      tracks.coordinates()[at] = 0;
      tracks.coordinates()[at + 1] = 0;
      tracks.coordinates()[at + 2] = 0;
    }
    float[] before = tracks.coordinates().clone();
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, tracks);

    int head = sequence.offset(1, 0, 3);
    int centre = sequence.offset(1, 0, 1);
    for (int axis = 0; axis < 3; axis++) {
      assertThat(sequence.coordinates()[head + axis])
          .isCloseTo(before[head + axis] - before[centre + axis], within(1e-6f));
    }
    assertThat(sequence.coordinates()[sequence.offset(0, 0, 4)]).isZero();
  }

  @Test
  void a_joint_that_was_not_seen_stays_zero() throws BadRecordingException {
    BodyTracks tracks = random(2, 1, 3);
    int at = tracks.offset(0, 2, 11);
    tracks.coordinates()[at] = 0;
    tracks.coordinates()[at + 1] = 0;
    tracks.coordinates()[at + 2] = 0;
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, tracks);

    assertThat(sequence.coordinates()[sequence.offset(2, 0, 11)]).isZero();
    assertThat(sequence.coordinates()[sequence.offset(2, 0, 11) + 2]).isZero();
  }

  @Test
  void the_two_bodies_with_the_highest_motion_are_kept_the_higher_first()
      throws BadRecordingException {
    BodyTracks tracks = random(3, 4, 10);
    double[] reach = {0.1, 3, 0.2, 2};
    for (int body = 0; body < 4; body++) {
      for (int i = tracks.offset(body, 0, 0); i < tracks.offset(body, 9, 24) + 3; i++) {
        tracks.coordinates()[i] *= (float) reach[body];
      }
    }
    assertThat(BodySelection.actors(tracks)).containsExactly(1, 3);
    assertThat(new Normalization(LAYOUT).normalize(RECORDING, tracks).persons()).isEqualTo(2);
  }

  @Test
  void a_late_body_moves_to_the_front_and_is_repeated_to_the_end() throws BadRecordingException {
    BodyTracks tracks = random(4, 1, 7);
    hide(tracks, 0);
    hide(tracks, 3);
    hide(tracks, 6);
    // Seen in frames 1, 2, 4 and 5 of 7: they become 0 to 3, and 4 to 6 repeat 0 to 2.
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, tracks);

    assertThat(sequence.frames()).isEqualTo(7);
    int size = JOINTS * 3;
    for (int frame = 0; frame < 3; frame++) {
      for (int i = 0; i < size; i++) {
        assertThat(sequence.coordinates()[(frame + 4) * size + i])
            .isEqualTo(sequence.coordinates()[frame * size + i]);
      }
    }
    assertThat(sequence.coordinates()[sequence.offset(3, 0, 3)]).isNotZero();
  }

  @Test
  void a_track_that_ends_early_is_repeated_and_a_gap_stays_empty() throws BadRecordingException {
    BodyTracks tracks = random(5, 1, 6);
    hide(tracks, 1);
    hide(tracks, 4);
    hide(tracks, 5);
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, tracks);

    int size = JOINTS * 3;
    for (int i = 0; i < size; i++) {
      assertThat(sequence.coordinates()[size + i]).isZero();
      assertThat(sequence.coordinates()[4 * size + i]).isEqualTo(sequence.coordinates()[i]);
      assertThat(sequence.coordinates()[5 * size + i]).isZero();
    }
  }

  @Test
  void a_long_recording_is_cut_to_300_frames() throws BadRecordingException {
    SkeletonSequence sequence = new Normalization(LAYOUT).normalize(RECORDING, random(6, 1, 350));
    assertThat(sequence.frames()).isEqualTo(300);
  }

  @Test
  void what_cannot_be_used_is_said() {
    Normalization normalization = new Normalization(LAYOUT);
    BodyTracks infinite = random(7, 2, 4);
    infinite.coordinates()[infinite.offset(1, 2, 3) + 1] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> normalization.normalize(RECORDING, infinite))
        .hasMessage(
            "frame 3, body 2, joint 4 (head) has the coordinate -Infinity; coordinates are finite metres");
    assertThatThrownBy(
            () -> normalization.normalize(RECORDING, new BodyTracks(1, 4, 25, new float[300])))
        .hasMessage("no body is seen in any of its 4 frames");
    assertThatThrownBy(() -> normalization.normalize(RECORDING, random(8, 1, 1)))
        .hasMessage("it has 1 frame; an action needs at least 2");
    assertThatThrownBy(
            () -> normalization.normalize(RECORDING, new BodyTracks(1, 4, 17, new float[204])))
        .hasMessage("it has 17 joints where layout 'kinect-v2' has 25");
  }

  private static BodyTracks random(long seed, int bodies, int frames) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] coordinates = new float[bodies * frames * JOINTS * 3];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = (float) random.nextDouble(0.1, 2);
    }
    return new BodyTracks(bodies, frames, JOINTS, coordinates);
  }

  private static void hide(BodyTracks tracks, int frame) {
    int start = tracks.offset(0, frame, 0);
    Arrays.fill(tracks.coordinates(), start, start + JOINTS * 3, 0);
  }

  private static double distance(float[] x, int a, int b) {
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
      sum += Math.pow((double) x[a + axis] - x[b + axis], 2);
    }
    return Math.sqrt(sum);
  }

  private static double determinant(double[] m) {
    return m[0] * (m[4] * m[8] - m[5] * m[7])
        - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6]);
  }
}
