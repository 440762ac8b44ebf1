package dev.armature.dataset.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.dataset.BodyTracks;
import dev.armature.skeleton.Bone;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import org.junit.jupiter.api.Test;

class MotionGeneratorTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final MotionGenerator NOISELESS =
      new MotionGenerator(new SyntheticOptions(4, 2, 0, 3));

  @Test
  void bones_keep_their_lengths_throughout_every_action() {
    for (int label = 0; label < MotionGenerator.actions().size(); label++) {
      BodyTracks tracks = NOISELESS.record(label, 1, 1, 2);
      for (Bone bone : LAYOUT.bones()) {
        double first = length(tracks, bone, 0);
        for (int frame = 1; frame < tracks.frames(); frame++) {
          assertThat(length(tracks, bone, frame))
              .as("%s, %s, frame %d", MotionGenerator.actions().get(label), bone, frame)
              .isCloseTo(first, within(2e-3));
        }
      }
    }
  }

  @Test
  void the_same_seed_gives_the_same_motion_and_another_gives_another() {
    float[] one =
        new MotionGenerator(SyntheticOptions.defaults(5)).record(3, 2, 1, 1).coordinates();
    float[] same =
        new MotionGenerator(SyntheticOptions.defaults(5)).record(3, 2, 1, 1).coordinates();
    float[] other =
        new MotionGenerator(SyntheticOptions.defaults(6)).record(3, 2, 1, 1).coordinates();
    assertThat(one).isEqualTo(same).isNotEqualTo(other);
  }

  @Test
  void cameras_see_one_performance_from_different_sides() {
    BodyTracks front = NOISELESS.record(0, 1, 1, 2);
    BodyTracks side = NOISELESS.record(0, 1, 1, 1);
    assertThat(front.frames()).isEqualTo(side.frames());
    int head = 3;
    int foot = 15;
    int last = front.frames() - 1;
    assertThat(distance(front, last, head, foot))
        .isCloseTo(distance(side, last, head, foot), within(1e-5));
    assertThat(front.coordinates()[front.offset(0, 0, 8)])
        .isNotCloseTo(side.coordinates()[side.offset(0, 0, 8)], within(0.05f));
  }

  @Test
  void people_differ_in_size_and_are_as_tall_as_people() {
    double first = distance(NOISELESS.record(0, 1, 1, 2), 0, 3, 15);
    double second = distance(NOISELESS.record(0, 2, 1, 2), 0, 3, 15);
    assertThat(first).isBetween(1.2, 1.95).isNotCloseTo(second, within(1e-3));
    assertThat(second).isBetween(1.2, 1.95);
  }

  @Test
  void recordings_have_60_to_150_frames_and_one_or_two_bodies() {
    for (int label = 0; label < MotionGenerator.actions().size(); label++) {
      BodyTracks tracks = NOISELESS.record(label, 3, 2, 3);
      assertThat(tracks.frames()).isBetween(60, 150);
      assertThat(tracks.bodies())
          .isEqualTo(
              MotionGenerator.actions().get(label).matches("shake.*|hand over|push") ? 2 : 1);
    }
  }

  @Test
  void there_are_at_least_twelve_actions_with_names_of_their_own() {
    assertThat(MotionGenerator.actions()).hasSizeGreaterThanOrEqualTo(12).doesNotHaveDuplicates();
  }

  @Test
  void sizes_out_of_range_are_refused() {
    assertThatThrownBy(() -> new SyntheticOptions(1, 1, 1, 0))
        .hasMessage("synthetic subjects must be from 2 to 999, found 1");
    assertThatThrownBy(() -> new SyntheticOptions(2, 0, 1, 0))
        .hasMessage("synthetic repetitions must be from 1 to 999, found 0");
    assertThatThrownBy(() -> new SyntheticOptions(2, 1, Double.NaN, 0))
        .hasMessage("synthetic noise must be from 0 to 100, found NaN");
  }

  private static double length(BodyTracks tracks, Bone bone, int frame) {
    return distance(tracks, frame, bone.child(), bone.parent());
  }

  private static double distance(BodyTracks tracks, int frame, int one, int other) {
    int a = tracks.offset(0, frame, one);
    int b = tracks.offset(0, frame, other);
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
      sum += Math.pow((double) tracks.coordinates()[a + axis] - tracks.coordinates()[b + axis], 2);
    }
    return Math.sqrt(sum);
  }
}
