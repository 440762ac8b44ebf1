package dev.armature.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JointMappingTest {
  private static final SkeletonLayout V1 = SkeletonLayouts.named("kinect-v1");
  private static final SkeletonLayout V2 = SkeletonLayouts.named("kinect-v2");

  @Test
  void joints_of_kinect_v1_are_found_for_all_of_kinect_v2() {
    JointMapping mapping = JointMapping.of(V1, V2);
    SkeletonSequence sequence = numbered(2, 2, 20);

    SkeletonSequence mapped = mapping.apply(sequence, 2);

    assertThat(mapped.joints()).isEqualTo(25);
    assertThat(mapped.id()).isEqualTo("s");
    assertJoint(sequence, "hip-center", mapped, "base-of-spine");
    assertJoint(sequence, "spine", mapped, "middle-of-spine");
    assertJoint(sequence, "shoulder-center", mapped, "spine");
    assertJoint(sequence, "shoulder-center", mapped, "neck");
    assertJoint(sequence, "right-foot", mapped, "right-foot");
    assertJoint(sequence, "left-hand", mapped, "left-thumb");
    assertThat(mapping.description())
        .startsWith("kinect-v1 as kinect-v2; base-of-spine is hip-center")
        .contains("without counterpart, neck by shoulder-center")
        .doesNotContain("right-foot");
  }

  @Test
  void there_and_back_is_the_same_sequence() {
    SkeletonSequence sequence = numbered(3, 1, 20);

    SkeletonSequence back =
        JointMapping.of(V2, V1).apply(JointMapping.of(V1, V2).apply(sequence, 1), 1);

    assertThat(back.coordinates()).containsExactly(sequence.coordinates());
  }

  @Test
  void further_persons_are_left_out() {
    SkeletonSequence sequence = numbered(2, 2, 20);

    SkeletonSequence first = JointMapping.of(V1, V1).apply(sequence, 1);

    assertThat(first.persons()).isEqualTo(1);
    for (int frame = 0; frame < 2; frame++) {
      assertThat(first.coordinates()[first.offset(frame, 0, 7)])
          .isEqualTo(sequence.coordinates()[sequence.offset(frame, 0, 7)]);
    }
  }

  @Test
  void joints_without_a_counterpart_are_all_named() {
    SkeletonLayout few =
        new SkeletonLayout(
            "few",
            List.of("head", "left-hand"),
            List.of(new Bone(0, 0), new Bone(1, 0)),
            0,
            new SkeletonLayout.Axis(0, 1),
            new SkeletonLayout.Axis(0, 1));

    assertThatThrownBy(() -> JointMapping.of(few, V1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layout 'few' has no joint for [shoulder-center, spine")
        .hasMessageContaining("it has [head, left-hand]");
  }

  @Test
  void every_two_layouts_of_a_kinect_are_mapped() {
    List<String> kinects = List.of("kinect-v1", "kinect-v1-sdk", "kinect-v2");
    for (String given : kinects) {
      for (String wanted : kinects) {
        SkeletonLayout from = SkeletonLayouts.named(given);
        SkeletonLayout to = SkeletonLayouts.named(wanted);
        SkeletonSequence mapped =
            JointMapping.of(from, to).apply(numbered(2, 1, from.joints().size()), 1);
        assertThat(mapped.joints()).as("%s as %s", given, wanted).isEqualTo(to.joints().size());
      }
    }
    SkeletonLayout sdk = SkeletonLayouts.named("kinect-v1-sdk");
    SkeletonSequence sequence = numbered(1, 1, 20);
    SkeletonSequence mapped = JointMapping.of(sdk, V2).apply(sequence, 1);
    assertThat(mapped.coordinates()[mapped.offset(0, 0, V2.joints().indexOf("base-of-spine"))])
        .isEqualTo(
            sequence.coordinates()[sequence.offset(0, 0, sdk.joints().indexOf("hip-center"))]);
  }

  private static void assertJoint(
      SkeletonSequence from, String source, SkeletonSequence to, String joint) {
    for (int frame = 0; frame < from.frames(); frame++) {
      for (int person = 0; person < from.persons(); person++) {
        int given = from.offset(frame, person, V1.joints().indexOf(source));
        int found = to.offset(frame, person, V2.joints().indexOf(joint));
        for (int axis = 0; axis < 3; axis++) {
          assertThat(to.coordinates()[found + axis]).isEqualTo(from.coordinates()[given + axis]);
        }
      }
    }
  }

  private static SkeletonSequence numbered(int frames, int persons, int joints) {
    float[] coordinates = new float[frames * persons * joints * 3];
    for (int place = 0; place < coordinates.length; place++) {
      coordinates[place] = place + 1;
    }
    return new SkeletonSequence("s", 3, 1, 1, 1, frames, persons, joints, coordinates);
  }
}
