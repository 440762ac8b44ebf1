package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.augment.AugmentSettings.Spatial;
import dev.armature.augment.AugmentSettings.Temporal;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ViewGeneratorTest {
  private static final List<Modality> ALL = List.of(Modality.values());
  private static final int JOINTS = 5;
  private static final SkeletonLayout LAYOUT = Recordings.chain(JOINTS);

  private static AugmentSettings settings(int frames, double evaluationRatio) {
    return new AugmentSettings(
        Temporal.RANDOM, Spatial.RANDOM, frames, frames, 0.1, 0.5, evaluationRatio, 0.6);
  }

  private static ViewGenerator generator(AugmentSettings settings) {
    return new ViewGenerator(settings, LAYOUT, 2, ALL);
  }

  @Test
  void resizing_is_what_pytorch_computes() throws IOException {
    for (JsonNode each : new ObjectMapper().readTree(getClass().getResource("resize.json"))) {
      int length = each.get("source").size();
      int frames = each.get("resized").size();
      float[] data = new float[length * 3];
      for (int frame = 0; frame < length; frame++) {
        data[frame * 3 + 1] = (float) each.get("source").get(frame).asDouble();
      }
      ViewGenerator generator =
          new ViewGenerator(settings(frames, 1), Recordings.chain(1), 1, List.of(Modality.JOINT));
      ViewBatch batch = generator.batch(1);
      generator.evaluation(Recordings.sequence("a", length, 1, 1, data), batch, 0);
      for (int frame = 0; frame < frames; frame++) {
        assertThat(batch.inputs()[0][frame * 3 + 1])
            .as("%d to %d frames, frame %d", length, frames, frame)
            .isCloseTo((float) each.get("resized").get(frame).asDouble(), within(2e-5f));
      }
    }
  }

  @Test
  void a_whole_sequence_of_as_many_frames_is_itself_in_the_encoders_order() {
    SkeletonSequence sequence = Recordings.random("a", 16, 2, JOINTS);
    ViewGenerator generator = generator(settings(16, 1));
    ViewBatch batch = generator.batch(3);
    generator.evaluation(sequence, batch, 1);
    for (int frame = 0; frame < 16; frame++) {
      for (int person = 0; person < 2; person++) {
        for (int joint = 0; joint < JOINTS; joint++) {
          for (int axis = 0; axis < 3; axis++) {
            assertThat(batch.inputs()[0][batch.offset(frame, 1) + (joint * 3 + axis) * 2 + person])
                .isEqualTo(sequence.coordinates()[sequence.offset(frame, person, joint) + axis]);
          }
        }
      }
    }
    assertThat(row(batch, 0, 0)).as("other rows").containsOnly(0);
  }

  @Property(tries = 50)
  void motion_and_bones_are_derived_from_the_augmented_joints(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int frames) {
    ViewGenerator generator = generator(settings(16, 0.95));
    ViewBatch first = generator.batch(1);
    ViewBatch second = generator.batch(1);
    generator.training(Recordings.random("a", frames, 2, JOINTS), seed, 3, first, second, 0);
    for (ViewBatch batch : List.of(first, second)) {
      float[] joints = batch.inputs()[0];
      float[] motion = batch.inputs()[1];
      float[] bones = batch.inputs()[2];
      int features = batch.features();
      for (int i = 0; i < joints.length; i++) {
        boolean last = i >= joints.length - features;
        assertThat(motion[i]).isEqualTo(last ? 0 : joints[i + features] - joints[i]);
        boolean root = i % features < 6;
        assertThat(bones[i]).isEqualTo(root ? 0 : joints[i] - joints[i - 6]);
      }
    }
  }

  @Property(tries = 30)
  void who_stands_still_has_no_motion(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int frames) {
    float[] pose = Recordings.random("pose", 1, 2, JOINTS).coordinates();
    float[] data = new float[frames * pose.length];
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(pose, 0, data, frame * pose.length, pose.length);
    }
    ViewGenerator generator = generator(settings(64, 0.95));
    ViewBatch first = generator.batch(1);
    ViewBatch second = generator.batch(1);
    generator.training(
        Recordings.sequence("still", frames, 2, JOINTS, data), seed, 0, first, second, 0);
    assertThat(first.inputs()[1]).containsOnly(0);
    assertThat(second.inputs()[1]).containsOnly(0);
  }

  @Test
  void views_do_not_depend_on_order_thread_row_or_what_was_made_before() {
    List<SkeletonSequence> sequences =
        IntStream.range(0, 24)
            .mapToObj(i -> Recordings.random("s" + i, 10 + 7 * i, 1 + i % 2, JOINTS))
            .toList();
    AugmentSettings settings = settings(16, 0.95);
    ViewGenerator generator = generator(settings);
    ViewBatch first = generator.batch(sequences.size());
    ViewBatch second = generator.batch(sequences.size());
    for (int i = 0; i < sequences.size(); i++) {
      generator.training(sequences.get(i), 7, 2, first, second, i);
    }
    ViewBatch firstAgain = generator.batch(sequences.size());
    ViewBatch secondAgain = generator.batch(sequences.size());
    int last = sequences.size() - 1;
    for (int i = 0; i <= last; i++) {
      generator.training(sequences.get(i), 7, 2, firstAgain, secondAgain, last - i);
    }
    for (int i = 0; i <= last; i++) {
      for (int modality = 0; modality < ALL.size(); modality++) {
        assertThat(row(firstAgain, modality, last - i)).isEqualTo(row(first, modality, i));
        assertThat(row(secondAgain, modality, last - i)).isEqualTo(row(second, modality, i));
      }
    }
    ViewBatch firstParallel = generator.batch(sequences.size());
    ViewBatch secondParallel = generator.batch(sequences.size());
    IntStream.rangeClosed(0, last)
        .parallel()
        .forEach(
            i ->
                generator(settings)
                    .training(sequences.get(i), 7, 2, firstParallel, secondParallel, i));
    assertThat(firstParallel.inputs()).isDeepEqualTo(first.inputs());
    assertThat(secondParallel.inputs()).isDeepEqualTo(second.inputs());
  }

  @Test
  void another_seed_epoch_sequence_or_view_gives_other_numbers() {
    ViewGenerator generator = generator(settings(16, 0.95));
    ViewBatch first = generator.batch(4);
    ViewBatch second = generator.batch(4);
    float[] data = Recordings.random("a", 200, 2, JOINTS).coordinates();
    generator.training(Recordings.sequence("a", 200, 2, JOINTS, data), 1, 0, first, second, 0);
    generator.training(Recordings.sequence("a", 200, 2, JOINTS, data), 2, 0, first, second, 1);
    generator.training(Recordings.sequence("a", 200, 2, JOINTS, data), 1, 1, first, second, 2);
    generator.training(Recordings.sequence("b", 200, 2, JOINTS, data), 1, 0, first, second, 3);
    assertThat(
            IntStream.range(0, 8)
                .mapToObj(i -> row(i < 4 ? first : second, 0, i % 4))
                .map(Arrays::hashCode)
                .distinct())
        .hasSize(8);
  }

  @Test
  void a_missing_second_person_is_zero_even_where_another_sequence_had_one() {
    ViewGenerator generator = generator(settings(16, 0.95));
    ViewBatch first = generator.batch(1);
    ViewBatch second = generator.batch(1);
    generator.training(Recordings.random("two", 40, 2, JOINTS), 1, 0, first, second, 0);
    generator.training(Recordings.random("one", 40, 1, JOINTS), 1, 0, first, second, 0);
    for (float[] input : first.inputs()) {
      for (int i = 1; i < input.length; i += 2) {
        assertThat(input[i]).isZero();
      }
    }
  }

  @Test
  void downstream_views_only_crop_and_evaluation_views_repeat_themselves() {
    // Two joints at (t, 0, 0) and (0, t, 0): any spatial transform would mix the axes.
    int frames = 200;
    float[] data = new float[frames * JOINTS * 3];
    for (int frame = 0; frame < frames; frame++) {
      data[frame * JOINTS * 3] = frame;
      data[frame * JOINTS * 3 + 4] = frame;
    }
    SkeletonSequence sequence = Recordings.sequence("a", frames, 1, JOINTS, data);
    ViewGenerator generator = generator(settings(16, 0.95));
    ViewBatch batch = generator.batch(40);
    for (int epoch = 0; epoch < 40; epoch++) {
      generator.downstream(sequence, 1, epoch, batch, epoch);
      float[] row = row(batch, 0, epoch);
      for (int i = 0; i < row.length; i++) {
        int feature = i % batch.features();
        boolean moving = feature == 0 || feature == 4 * 2;
        assertThat(row[i]).isEqualTo(moving ? row[i - feature] : 0);
      }
      // Positions of neighbouring view frames are length / 16 apart: at least half the sequence.
      assertThat(row[batch.features()] - row[0]).isBetween(100f / 16 - 1e-3f, 200f / 16 + 1e-3f);
    }
    assertThat(row(batch, 0, 0)).isNotEqualTo(row(batch, 0, 1));
    generator.evaluation(sequence, batch, 0);
    generator.evaluation(sequence, batch, 1);
    assertThat(row(batch, 0, 0)).isEqualTo(row(batch, 0, 1));
  }

  @Test
  void without_randomness_every_view_is_the_evaluation_view() {
    AugmentSettings plain =
        new AugmentSettings(Temporal.CENTRE, Spatial.NONE, 16, 16, 0.1, 0.5, 0.95, 0.6);
    ViewGenerator generator = generator(plain);
    ViewBatch first = generator.batch(1);
    ViewBatch second = generator.batch(1);
    ViewBatch evaluation = generator.batch(1);
    SkeletonSequence sequence = Recordings.random("a", 90, 2, JOINTS);
    generator.training(sequence, 1, 0, first, second, 0);
    generator.evaluation(sequence, evaluation, 0);
    assertThat(first.inputs()).isDeepEqualTo(evaluation.inputs());
    assertThat(second.inputs()).isDeepEqualTo(evaluation.inputs());
    generator.downstream(sequence, 2, 3, first, 0);
    assertThat(first.inputs()).isDeepEqualTo(evaluation.inputs());
  }

  @Test
  void a_sequence_of_another_layout_is_refused_by_name() {
    ViewGenerator generator = generator(settings(16, 0.95));
    ViewBatch batch = generator.batch(1);
    assertThatThrownBy(
            () -> generator.evaluation(Recordings.random("S017", 20, 1, JOINTS + 2), batch, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequence S017 has 7 joints and 1 persons; layout 'chain' has 5");
  }

  @Test
  void a_batch_of_another_shape_or_a_row_outside_is_refused() {
    ViewGenerator generator = generator(settings(16, 0.95));
    SkeletonSequence sequence = Recordings.random("a", 20, 1, JOINTS);
    ViewBatch batch = generator(settings(8, 0.95)).batch(1);
    assertThatThrownBy(() -> generator.evaluation(sequence, batch, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 sequences, 8 frames × 30 features")
        .hasMessageContaining("fills 16 frames × 30 features");
    assertThatThrownBy(() -> generator.evaluation(sequence, generator.batch(2), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 2 of a batch of 2 sequences");
  }

  private static float[] row(ViewBatch batch, int modality, int row) {
    float[] numbers = new float[batch.frames() * batch.features()];
    for (int frame = 0; frame < batch.frames(); frame++) {
      System.arraycopy(
          batch.inputs()[modality],
          batch.offset(frame, row),
          numbers,
          frame * batch.features(),
          batch.features());
    }
    return numbers;
  }
}
