package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class QueueAgeTest {
  private static final int BATCH = SmallRun.BATCH;

  private static TrainingPlan plan(int queue, QueueSharing sharing) {
    return SmallRun.usual()
        .workers(3)
        .distilling(new DistillSettings(Method.CMD, queue, 1, 1, 0.07, 0.05, 0.1))
        .sharing(
            new Sharing(new OuterOptimizer.Average(), Momentum.AVERAGED, Wire.FLOAT32, sharing))
        .plan();
  }

  private static Round round(int index, long firstStep, int steps, int workers) {
    return new Round(index, 0, 0, firstStep, steps, workers, 1_000_000);
  }

  /** Against a queue that remembers of every key where it is from. */
  @Property(tries = 200)
  void the_age_is_that_of_the_key_that_goes_next(
      @ForAll @IntRange(min = 4, max = 120) int queue,
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 17) Integer> rounds) {
    QueueAge age = new QueueAge(plan(queue, QueueSharing.SHARED));
    List<long[]> keys = new ArrayList<>();
    for (int key = 0; key < queue; key++) {
      keys.add(new long[] {-1, -1});
    }
    long step = 0;
    for (int index = 0; index < rounds.size(); index++) {
      int workers = 1 + rounds.get(index) % 3;
      int steps = 1 + rounds.get(index) / 3;
      long first = step;
      for (int i = 0; i < steps; i++, step++) {
        for (int key = 0; key < workers * BATCH; key++) {
          keys.add(new long[] {index, step});
        }
      }
      long[] oldest = keys.get(keys.size() - queue);
      QueueAge.Age found = age.after(round(index, first, steps, workers));
      assertThat(found.filled()).isEqualTo(oldest[0] >= 0);
      assertThat(found.rounds()).isEqualTo((int) (index - oldest[0]));
      assertThat(found.steps()).isEqualTo(step - 1 - oldest[1]);
    }
  }

  @Test
  void a_run_that_goes_on_takes_earlier_rounds_to_have_been_like_its_first() {
    QueueAge age = new QueueAge(plan(40, QueueSharing.SHARED));
    // 10 batches: two steps of this round, eight of the four before.
    assertThat(age.after(round(50, 100, 2, 1))).isEqualTo(new QueueAge.Age(4, 9, true));
  }

  @Test
  void a_worker_with_a_queue_of_its_own_fills_it_alone() {
    QueueAge age = new QueueAge(plan(16, QueueSharing.LOCAL));
    assertThat(age.after(round(0, 0, 2, 3)).filled()).isFalse();
    assertThat(age.after(round(1, 2, 2, 3))).isEqualTo(new QueueAge.Age(1, 3, true));
  }
}
