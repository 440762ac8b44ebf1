package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.encoder.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTeacherTest {
  private static final int STEPS = 3;

  @Test
  void every_step_gets_its_own_keys_of_both_heads() {
    SmallRun one = SmallRun.usual().teacher(Teacher.PER_ROUND);
    SmallRun two = one.distilling(Method.I2MD, 1);
    List<float[][]> instance = keys(one.plan(), one.initial().model().key());
    List<float[][]> both =
        keys(two.plan(), withEqualHeads(two.initial().model().key(), two.plan()));
    for (int step = 0; step < STEPS; step++) {
      for (int m = 0; m < 3; m++) {
        float[] expected = instance.get(step)[m];
        float[] keys = both.get(step)[m];
        assertThat(Arrays.copyOf(keys, expected.length)).isEqualTo(expected);
        assertThat(Arrays.copyOfRange(keys, expected.length, keys.length)).isEqualTo(expected);
      }
    }
    assertThat(instance.get(0)[0]).isNotEqualTo(instance.get(1)[0]);
  }

  private static List<float[][]> keys(TrainingPlan plan, List<FloatBlock> keyEncoders) {
    TrainingState initial = TrainingState.initial(plan);
    List<float[][]> keys = new ArrayList<>();
    try (TrainerResources resources = new TrainerResources(plan);
        AlignedQueues queues = AlignedQueues.of(initial.queues())) {
      new LocalTrainer(resources)
          .load(new ModelState(initial.model().query(), keyEncoders, initial.model().velocity()));
      Shard shard =
          new Shard(0, SmallRun.sequences().stream().map(StoredSequence::sequence).toList());
      StepViews views = resources.views(shard, new Round(0, 0, 0, 0, STEPS, 1, STEPS));
      StandingTeacher teacher =
          new StandingTeacher(
              resources, resources.objective(0), views, queues, new PhaseTimes(), STEPS);
      for (int step = 0; step < STEPS; step++) {
        teacher.queryViews(step);
        keys.add(teacher.keys(step));
      }
    }
    return keys;
  }

  /** The instance heads' parameters for the cluster heads, too. */
  private static List<FloatBlock> withEqualHeads(List<FloatBlock> encoders, TrainingPlan plan) {
    ParameterLayout layout = new ParameterLayout(plan.encoder());
    List<FloatBlock> equal = new ArrayList<>();
    for (FloatBlock encoder : encoders) {
      float[] values = encoder.values().clone();
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        if (tensor.name().startsWith("head.1.")) {
          ParameterLayout.Tensor first = layout.tensor(tensor.name().replace("head.1.", "head.0."));
          System.arraycopy(values, first.offset(), values, tensor.offset(), tensor.length());
        }
      }
      equal.add(new FloatBlock(values));
    }
    return equal;
  }
}
