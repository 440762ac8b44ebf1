package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundAccountTest {
  private static final Round ROUND = new Round(7, 0, 0, 21, 3, 2, 3);

  /** Two streams with keys of one number, two a step, of the last two of three steps. */
  private static WorkerRound worker(int worker, List<FloatBlock> keys) {
    List<StepLosses> steps = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      steps.add(new StepLosses(Map.of("total", 10.0 * worker + step), Map.of()));
    }
    return new WorkerRound(
        worker,
        steps,
        keys,
        keys.isEmpty() ? 0 : 1,
        keys.isEmpty() ? 0 : 2,
        new PhaseTimes(),
        "host-" + worker);
  }

  private static FloatBlock numbers(float... numbers) {
    return new FloatBlock(numbers);
  }

  @Test
  void keys_are_ordered_by_step_and_then_by_worker_in_every_stream() {
    RoundAccount account =
        RoundAccount.of(
            ROUND,
            List.of(
                worker(0, List.of(numbers(1, 2, 3, 4), numbers(-1, -2, -3, -4))),
                worker(1, List.of(numbers(5, 6, 7, 8), numbers(-5, -6, -7, -8)))),
            2,
            64);
    assertThat(account.keys().keys().get(0).values()).containsExactly(1, 2, 5, 6, 3, 4, 7, 8);
    assertThat(account.keys().keys().get(1).values())
        .containsExactly(-1, -2, -5, -6, -3, -4, -7, -8);
    assertThat(account.keys().count()).isEqualTo(8);
    assertThat(account.keys().skipped()).isEqualTo(4);
    assertThat(account.keys().round()).isEqualTo(7);
  }

  @Test
  void of_more_keys_than_a_queue_holds_the_last_are_sent() {
    for (int capacity = 1; capacity < 8; capacity++) {
      QueueUpdate update =
          QueueUpdate.of(
              ROUND,
              List.of(
                  worker(0, List.of(numbers(1, 2, 3, 4))), worker(1, List.of(numbers(5, 6, 7, 8)))),
              2,
              capacity);
      float[] all = {1, 2, 5, 6, 3, 4, 7, 8};
      assertThat(update.keys().get(0).values())
          .containsExactly(Arrays.copyOfRange(all, 8 - capacity, 8));
      assertThat(update.count()).isEqualTo(capacity);
      assertThat(update.skipped()).isEqualTo(4 + 8 - capacity);
    }
  }

  @Test
  void losses_are_averaged_and_hosts_listed_by_worker() {
    RoundAccount account =
        RoundAccount.of(ROUND, List.of(worker(0, List.of()), worker(1, List.of())), 2, 64);
    assertThat(account.steps().stream().map(StepLosses::total)).containsExactly(5.0, 6.0, 7.0);
    assertThat(account.hosts()).containsExactly("host-0", "host-1");
    assertThat(account.keys().count()).isZero();
  }
}
