package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElasticWorkforceTest {
  private final List<String> said = new ArrayList<>();

  /** Slots as they are found, one after the other; the last one stays. */
  private ElasticWorkforce workforce(int most, int least, Duration patience, Integer... slots) {
    Iterator<Integer> found = Arrays.asList(slots).iterator();
    int[] last = new int[1];
    return new ElasticWorkforce(
        () -> {
          last[0] = found.hasNext() ? found.next() : last[0];
          return last[0];
        },
        most,
        least,
        patience,
        said::add);
  }

  @Test
  void the_number_follows_the_slots_between_its_bounds() {
    ElasticWorkforce workforce = workforce(4, 2, Duration.ZERO, 9, 4, 3, 1, 2, 4);
    assertThat(List.of(workforce.workers(), workforce.workers())).containsExactly(4, 4);
    assertThat(said).isEmpty();
    assertThat(List.of(workforce.workers(), workforce.workers(), workforce.workers()))
        .containsExactly(3, 2, 2);
    assertThat(workforce.workers()).isEqualTo(4);
    assertThat(said)
        .contains(
            "3 workers instead of 4 from the next round on: the cluster has room for 3 (round.workers = 4, round.least-workers = 2)",
            "4 workers instead of 2 from the next round on: the cluster has room for 4 (round.workers = 4, round.least-workers = 2)");
  }

  @Test
  void a_run_begins_with_the_slots_there_are() {
    ElasticWorkforce workforce = workforce(4, 1, Duration.ofMinutes(1), 3, 3);
    assertThat(workforce.workers()).isEqualTo(3);
    assertThat(workforce.workers()).isEqualTo(3);
    assertThat(said)
        .containsExactly(
            "3 workers instead of 4 from the next round on: the cluster has room for 3 (round.workers = 4, round.least-workers = 1)");
  }

  @Test
  void slots_that_come_again_in_time_change_nothing() {
    ElasticWorkforce workforce = workforce(4, 1, Duration.ofMinutes(1), 4, 2, 3, 4);
    assertThat(workforce.workers()).isEqualTo(4);
    assertThat(workforce.workers()).isEqualTo(4);
    assertThat(said)
        .containsExactly(
            "waiting up to 60 s (round.wait-seconds) for executors: there is room for 2 workers, 4 were expected");
  }

  @Test
  void slots_that_did_not_come_in_time_are_not_waited_for_again() {
    ElasticWorkforce workforce = workforce(4, 2, Duration.ofMillis(300), 4, 1);
    assertThat(workforce.workers()).isEqualTo(4);
    assertThat(List.of(workforce.workers(), workforce.workers(), workforce.workers()))
        .containsExactly(2, 2, 2);
    assertThat(said).filteredOn(line -> line.startsWith("waiting")).hasSize(1);
  }

  @Test
  void workers_whose_number_is_fixed_take_turns_on_a_single_slot() {
    ElasticWorkforce workforce = workforce(4, 4, Duration.ofMinutes(1), 1, 1, 2);
    assertThat(List.of(workforce.workers(), workforce.workers(), workforce.workers()))
        .containsExactly(4, 4, 4);
    assertThat(said).isEmpty();
  }

  @Test
  void a_round_that_nobody_works_at_any_more_is_given_up() {
    CountDownLatch cancelled = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                workforce(4, 4, Duration.ZERO, 0)
                    .during(
                        () -> {
                          await(cancelled);
                          throw new IllegalStateException("cancelled");
                        },
                        cancelled::countDown))
        .isInstanceOf(NoExecutorException.class);
  }

  @Test
  void a_round_that_fails_by_itself_fails_with_its_own_reason() {
    assertThatThrownBy(
            () ->
                workforce(4, 4, Duration.ZERO, 4)
                    .during(
                        () -> {
                          throw new IllegalStateException("a task failed");
                        },
                        () -> {}))
        .hasMessage("a task failed");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Test
  void without_any_slot_the_round_is_given_up_with_what_to_do() {
    assertThatThrownBy(() -> workforce(4, 4, Duration.ZERO, 0).workers())
        .isInstanceOf(NoExecutorException.class)
        .hasMessageContaining("no executor for 0 seconds (round.wait-seconds)")
        .hasMessageContaining("--resume");
    assertThatThrownBy(() -> workforce(4, 1, Duration.ZERO, 0).workers())
        .isInstanceOf(NoExecutorException.class);
  }
}
