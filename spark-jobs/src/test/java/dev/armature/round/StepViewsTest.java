package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.augment.ViewThreads;
import dev.armature.dataset.store.StoredSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StepViewsTest {
  private static final int STEPS = 5;

  private static final Round ROUND = new Round(0, 0, 0, 0, STEPS, 1, STEPS);

  private static Shard shard() {
    return new Shard(0, SmallRun.sequences().stream().map(StoredSequence::sequence).toList());
  }

  private static List<ViewPair> pairs(TrainingPlan plan, int count) {
    List<ViewPair> pairs = new ArrayList<>();
    for (int pair = 0; pair < count; pair++) {
      int batch = plan.train().batch();
      pairs.add(new ViewPair(generator(plan).batch(batch), generator(plan).batch(batch)));
    }
    return pairs;
  }

  private static ViewGenerator generator(TrainingPlan plan) {
    return new ViewGenerator(plan.augment(), plan.layout(), plan.persons(), plan.modalities());
  }

  /** All views of a round's steps, copied while the next ones are made. */
  private static List<float[][]> views(TrainingPlan plan, ViewThreads threads, int pairs) {
    StepViews views = new StepViews(threads, pairs(plan, pairs), plan.train(), shard(), ROUND);
    List<float[][]> taken = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      ViewPair pair = views.take(step);
      taken.add(copy(pair.query()));
      taken.add(copy(pair.key()));
    }
    return taken;
  }

  @Test
  void the_next_steps_views_are_made_before_they_are_asked_for() throws InterruptedException {
    TrainingPlan plan = SmallRun.usual().plan();
    List<ViewPair> pairs = pairs(plan, 2);
    try (ViewThreads threads = ViewThreads.of(2, () -> generator(plan))) {
      new StepViews(threads, pairs, plan.train(), shard(), ROUND).take(0);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (untouched(pairs.get(1).query()) && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
    }
    assertThat(untouched(pairs.get(1).query())).isFalse();
  }

  private static boolean untouched(ViewBatch batch) {
    for (float value : batch.inputs()[0]) {
      if (value != 0) {
        return false;
      }
    }
    return true;
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
