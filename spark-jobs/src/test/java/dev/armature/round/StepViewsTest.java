package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.augment.ViewThreads;
import dev.armature.dataset.store.StoredSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepViewsTest {
  private static final int STEPS = 5;

  private static ViewGenerator generator(TrainingPlan plan) {
    return new ViewGenerator(plan.augment(), plan.layout(), plan.persons(), plan.modalities());
  }

  /** All views of a round's steps, copied while the next ones are made. */
  private static List<float[][]> views(TrainingPlan plan, ViewThreads threads, int pairs) {
    List<ViewPair> batches = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      int batch = plan.train().batch();
      batches.add(new ViewPair(generator(plan).batch(batch), generator(plan).batch(batch)));
    }
    Shard shard =
        new Shard(0, SmallRun.sequences().stream().map(StoredSequence::sequence).toList());
    StepViews views =
        new StepViews(
            threads, batches, plan.train(), shard, new Round(0, 0, 0, 0, STEPS, 1, STEPS));
    List<float[][]> taken = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      ViewPair pair = views.take(step);
      taken.add(copy(pair.query()));
      taken.add(copy(pair.key()));
    }
    return taken;
  }

  private static float[][] copy(ViewBatch batch) {
    return Arrays.stream(batch.inputs()).map(float[]::clone).toArray(float[][]::new);
  }

  @Test
  void views_made_ahead_are_those_made_when_they_are_needed() {
    TrainingPlan plan = SmallRun.usual().plan();
    List<float[][]> expected = views(plan, ViewThreads.onCaller(generator(plan)), 1);
    assertThat(expected.get(0)).isNotEqualTo(expected.get(2));

    try (ViewThreads threads = ViewThreads.of(3, () -> generator(plan))) {
      List<float[][]> found = views(plan, threads, 2);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).isDeepEqualTo(expected.get(i));
      }
    }
  }
}
