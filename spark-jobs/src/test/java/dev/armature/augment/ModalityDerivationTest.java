package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.skeleton.Bone;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ModalityDerivationTest {
  private static final List<Modality> ALL = List.of(Modality.values());
  private static final int JOINTS = 5;

  /** Parents: 1, itself, 1, 2, 2. */
  private static final SkeletonLayout LAYOUT =
      new SkeletonLayout(
          "tree",
          List.of("hip", "spine", "neck", "left", "right"),
          List.of(new Bone(0, 1), new Bone(1, 1), new Bone(2, 1), new Bone(3, 2), new Bone(4, 2)),
          1,
          new SkeletonLayout.Axis(1, 2),
          new SkeletonLayout.Axis(3, 4));

  @Property(tries = 60)
  void every_modality_is_what_its_definition_says(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 2) int persons,
      @ForAll @IntRange(min = 1, max = 9) int frames,
      @ForAll @IntRange(min = 1, max = 3) int count) {
    float[][][] views = random(seed, count, frames, persons);
    ViewBatch batch = derived(ALL, views, persons);
    for (int view = 0; view < count; view++) {
      float[][] joints = views[view];
      float[][] bones = bones(joints, persons);
      assertThat(read(batch, Modality.JOINT, view)).isDeepEqualTo(joints);
      assertThat(read(batch, Modality.BONE, view)).isDeepEqualTo(bones);
      assertThat(read(batch, Modality.MOTION, view)).isDeepEqualTo(changes(joints, 1));
      assertThat(read(batch, Modality.BONE_MOTION, view)).isDeepEqualTo(changes(bones, 1));
      assertThat(read(batch, Modality.ACCELERATION, view))
          .isDeepEqualTo(changes(changes(joints, 1), 2));
      assertThat(read(batch, Modality.BONE_ACCELERATION, view))
          .isDeepEqualTo(changes(changes(bones, 1), 2));
    }
    for (float[] input : batch.inputs()) {
      assertThat(Arrays.copyOf(input, batch.features())).as("another row").containsOnly(0);
    }
  }

  @Property(tries = 30)
  void the_motion_of_bones_is_the_bones_of_the_motion_but_for_rounding(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int frames) {
    float[][][] views = random(seed, 1, frames, 2);
    ViewBatch batch = derived(ALL, views, 2);
    float[][] expected = bones(read(batch, Modality.MOTION, 0), 2);
    float[][] actual = read(batch, Modality.BONE_MOTION, 0);
    for (int frame = 0; frame < frames; frame++) {
      for (int i = 0; i < expected[frame].length; i++) {
        assertThat(actual[frame][i]).isCloseTo(expected[frame][i], within(1e-6f));
      }
    }
  }

  @Property(tries = 30)
  void what_moves_evenly_to_the_end_has_no_acceleration(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int frames) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][][] views = new float[1][frames][3 * JOINTS];
    for (int i = 0; i < 3 * JOINTS; i++) {
      int start = random.nextInt(-100, 100);
      int speed = random.nextInt(-100, 100);
      for (int frame = 0; frame < frames; frame++) {
        views[0][frame][i] = (start + speed * frame) / 64f;
      }
    }
    ViewBatch batch = derived(ALL, views, 1);
    assertThat(batch.inputs()[ALL.indexOf(Modality.ACCELERATION)]).containsOnly(0);
    assertThat(batch.inputs()[ALL.indexOf(Modality.BONE_ACCELERATION)]).containsOnly(0);
  }

  @Property(tries = 30)
  void a_modality_is_the_same_wherever_it_stands_in_the_list(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int first) {
    float[][][] views = random(seed, 2, 6, 2);
    ViewBatch all = derived(ALL, views, 2);
    List<Modality> some = new ArrayList<>(ALL);
    Collections.rotate(some, first);
    ViewBatch turned = derived(some.subList(0, first), views, 2);
    for (int i = 0; i < first; i++) {
      assertThat(turned.inputs()[i]).isEqualTo(all.inputs()[ALL.indexOf(some.get(i))]);
    }
  }

  private static float[][][] random(long seed, int count, int frames, int persons) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][][] views = new float[count][frames][3 * JOINTS * persons];
    for (float[][] view : views) {
      for (float[] frame : view) {
        for (int i = 0; i < frame.length; i++) {
          frame[i] = (float) random.nextDouble(-1, 1);
        }
      }
    }
    return views;
  }

  /** In a batch with a row before them. */
  private static ViewBatch derived(List<Modality> modalities, float[][][] views, int persons) {
    ModalityDerivation derivation = new ModalityDerivation(LAYOUT, persons);
    ViewBatch batch =
        ViewBatch.zeros(modalities, views[0].length, views.length + 1, derivation.features());
    derivation.write(views, views.length, batch, 1);
    return batch;
  }

  private static float[][] read(ViewBatch batch, Modality modality, int view) {
    float[][] frames = new float[batch.frames()][];
    for (int frame = 0; frame < frames.length; frame++) {
      int offset = batch.offset(frame, view + 1);
      float[] input = batch.inputs()[batch.modalities().indexOf(modality)];
      frames[frame] = Arrays.copyOfRange(input, offset, offset + batch.features());
    }
    return frames;
  }

  private static float[][] bones(float[][] view, int persons) {
    float[][] bones = new float[view.length][view[0].length];
    for (Bone bone : LAYOUT.bones()) {
      for (int frame = 0; frame < view.length; frame++) {
        for (int i = 0; i < 3 * persons; i++) {
          bones[frame][bone.child() * 3 * persons + i] =
              view[frame][bone.child() * 3 * persons + i]
                  - view[frame][bone.parent() * 3 * persons + i];
        }
      }
    }
    return bones;
  }

  /** The change to the next frame; zero in so many of the last frames. */
  private static float[][] changes(float[][] view, int zeros) {
    float[][] changes = new float[view.length][view[0].length];
    for (int frame = 0; frame < view.length - zeros; frame++) {
      for (int i = 0; i < view[frame].length; i++) {
        changes[frame][i] = view[frame + 1][i] - view[frame][i];
      }
    }
    return changes;
  }
}
