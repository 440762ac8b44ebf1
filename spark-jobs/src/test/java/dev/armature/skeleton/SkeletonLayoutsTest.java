package dev.armature.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkeletonLayoutsTest {
  private static final String STICK =
      """
      name = stick
      joints = [hip, chest, left, right]
      bones { hip = hip, chest = hip, left = chest, right = chest }
      centre = hip
      spine { from = hip, to = chest }
      shoulders { from = left, to = right }
      """;

  @Test
  void kinect_v2_has_the_bones_of_the_published_code() {
    SkeletonLayout layout = SkeletonLayouts.named("kinect-v2");

    // (child, parent), 1-based, as in the released code.
    int[][] published = {
      {1, 2}, {2, 21}, {3, 21}, {4, 3}, {5, 21}, {6, 5}, {7, 6}, {8, 7}, {9, 21}, {10, 9}, {11, 10},
      {12, 11}, {13, 1}, {14, 13}, {15, 14}, {16, 15}, {17, 1}, {18, 17}, {19, 18}, {20, 19},
      {21, 21}, {22, 23}, {23, 8}, {24, 25}, {25, 12}
    };
    int[] parents = layout.parents();
    for (int[] bone : published) {
      assertThat(parents[bone[0] - 1] + 1).as("parent of joint %d", bone[0]).isEqualTo(bone[1]);
    }
    assertThat(layout.joints()).hasSize(25);
    assertThat(layout.centre()).isEqualTo(1);
    assertThat(layout.spine()).isEqualTo(new SkeletonLayout.Axis(0, 1));
    assertThat(layout.shoulders()).isEqualTo(new SkeletonLayout.Axis(4, 8));
  }

  @Test
  void kinect_v1_is_one_tree_of_twenty_joints() {
    SkeletonLayout layout = SkeletonLayouts.named("kinect-v1");

    assertThat(layout.joints()).hasSize(20).startsWith("head").endsWith("right-foot");
    int[] parents = layout.parents();
    for (int joint = 0; joint < parents.length; joint++) {
      int at = joint;
      for (int step = 0; step < parents.length; step++) {
        at = parents[at];
      }
      assertThat(layout.joints().get(at)).isEqualTo("shoulder-center");
    }
  }

  @Test
  void a_layout_is_read_from_a_file(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("stick.conf"), STICK);

    SkeletonLayout layout = SkeletonLayouts.of(file.toString());

    assertThat(layout.parents()).containsExactly(0, 0, 1, 1);
    assertThat(layout.shoulders()).isEqualTo(new SkeletonLayout.Axis(2, 3));
  }

  @Test
  void a_layout_without_bones_is_refused() {
    String text = STICK.replaceAll("bones.*\\n", "");
    assertThatThrownBy(() -> SkeletonLayouts.read(ConfigFactory.parseString(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layout 'stick': it has no bones; say each joint's parent, as in bones { head = neck }");
  }

  @Test
  void a_joint_without_a_parent_is_refused() {
    String text = STICK.replace(", right = chest", "");
    assertThatThrownBy(() -> SkeletonLayouts.read(ConfigFactory.parseString(text)))
        .hasMessage(
            "layout 'stick': joint 'right' is no bone's child; a joint without a parent is its own parent");
  }

  @Test
  void a_bone_to_a_joint_that_is_not_there_is_refused_with_its_file(@TempDir Path folder)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve("bad.conf"), STICK.replace("left = chest", "left = neck"));
    assertThatThrownBy(() -> SkeletonLayouts.read(file))
        .hasMessage(
            file
                + ": layout 'stick': bones.left names 'neck', which is not among the joints [hip, chest, left, right]");
  }

  @Test
  void a_name_that_is_neither_a_layout_nor_a_file_is_refused() {
    assertThatThrownBy(() -> SkeletonLayouts.of("kinect-v3"))
        .hasMessage(
            "layout 'kinect-v3' is neither one of [kinect-v2, kinect-v1, kinect-v1-sdk, coco-17] nor a file");
    assertThatThrownBy(() -> SkeletonLayouts.named("openpose"))
        .hasMessageContaining("no layout is named 'openpose'");
  }

  @Test
  void the_joints_of_both_orders_of_a_kinect_v1_hang_together_alike() {
    SkeletonLayout one = SkeletonLayouts.named("kinect-v1");
    SkeletonLayout other = SkeletonLayouts.named("kinect-v1-sdk");

    assertThat(other.joints()).containsExactlyInAnyOrderElementsOf(one.joints());
    for (int joint = 0; joint < 20; joint++) {
      int same = one.joints().indexOf(other.joints().get(joint));
      assertThat(other.joints().get(other.parents()[joint]))
          .isEqualTo(one.joints().get(one.parents()[same]));
    }
    // (child, parent), 1-based, as CTR-GCN has them for Northwestern-UCLA.
    int[][] published = {
      {1, 2}, {2, 3}, {3, 3}, {4, 3}, {5, 3}, {6, 5}, {7, 6}, {8, 7}, {9, 3}, {10, 9}, {11, 10},
      {12, 11}, {13, 1}, {14, 13}, {15, 14}, {16, 15}, {17, 1}, {18, 17}, {19, 18}, {20, 19}
    };
    for (int[] bone : published) {
      assertThat(other.parents()[bone[0] - 1] + 1).isEqualTo(bone[1]);
    }
  }

  @Test
  void every_mistake_of_a_file_is_named_at_once() {
    String text =
        """
        name = bad
        joints = [hip, chest, hip, left]
        bones { hip = hip, chest = neck, left = { a = 1 } }
        center = hip
        spine { from = hip, too = chest }
        shoulders = 3
        """;
    assertThatThrownBy(() -> SkeletonLayouts.read(ConfigFactory.parseString(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "layout 'bad': ",
            "there is no key center, there are [bones, centre, joints, name, shoulders, spine]",
            "bones.chest names 'neck', which is not among the joints",
            "bones.left is {a=1}, expected a word",
            "centre is missing: the name of a joint",
            "there is no key spine.too",
            "spine.to is missing",
            "shoulders.from is missing",
            "a joint's name stands twice: hip in [hip, chest, hip, left]");
  }

  @Test
  void bones_that_go_round_in_a_circle_are_refused() {
    String text = STICK.replace("hip = hip", "hip = left");
    assertThatThrownBy(() -> SkeletonLayouts.read(ConfigFactory.parseString(text)))
        .hasMessage(
            "layout 'stick': the bones from 'hip' on go round in a circle; one joint must be its own parent");
  }

  @Test
  void a_layout_may_be_written_as_json(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("pair.json"),
            """
            {"name": "pair", "joints": ["a", "b"], "bones": {"a": "a", "b": "a"},
             "centre": "a", "spine": {"from": "a", "to": "b"},
             "shoulders": {"from": "a", "to": "b"}}
            """);
    assertThat(SkeletonLayouts.of(file.toString()).parents()).containsExactly(0, 0);
  }

  @Test
  void a_missing_key_is_named() {
    String text = STICK.replace("centre = hip", "");
    assertThatThrownBy(() -> SkeletonLayouts.read(ConfigFactory.parseString(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("centre");
  }
}
