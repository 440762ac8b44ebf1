package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** By a clock of its own, which goes on by ten seconds whenever somebody counts. */
class ExecutorWaitTest {
  private static final ExecutorCount NONE = new ExecutorCount(0, 0, 0);

  private final List<String> said = new ArrayList<>();
  private long nanoTime;

  private ExecutorCount wait(int wanted, int expected, long patience, ExecutorCount... counts)
      throws InterruptedException {
    Deque<ExecutorCount> next = new ArrayDeque<>(List.of(counts));
    ExecutorWait wait =
        new ExecutorWait(
            () -> {
              nanoTime += TimeUnit.SECONDS.toNanos(10);
              return next.size() > 1 ? next.poll() : next.peek();
            },
            () -> nanoTime,
            said::add);
    return wait.until(wanted, expected, patience);
  }

  private static ExecutorCount slots(int executors) {
    return new ExecutorCount(executors, executors, 1);
  }

  @Test
  void room_for_everybody_ends_the_wait_before_it_begins() throws InterruptedException {
    assertThat(wait(2, 0, 300, slots(2))).isEqualTo(slots(2));
    assertThat(said).isEmpty();
  }

  @Test
  void executors_that_come_late_are_waited_for() throws InterruptedException {
    assertThat(wait(2, 2, 300, NONE, NONE, slots(1), slots(2))).isEqualTo(slots(2));
    assertThat(said).isNotEmpty();
    assertThat(said.get(0)).contains("0 of 2 workers", "round.wait-seconds");
  }

  @Test
  void when_all_that_were_asked_for_are_there_nobody_waits_for_more() throws InterruptedException {
    assertThat(wait(8, 2, 300, NONE, slots(2))).isEqualTo(slots(2));
    assertThat(nanoTime).isEqualTo(TimeUnit.SECONDS.toNanos(20));
  }

  @Test
  void patience_ends_without_any_executor() throws InterruptedException {
    assertThat(wait(1, 1, 60, NONE)).isEqualTo(NONE);
    assertThat(nanoTime).isEqualTo(TimeUnit.SECONDS.toNanos(60));
  }

  @Test
  void some_are_enough_when_no_more_come_for_half_a_minute() throws InterruptedException {
    assertThat(wait(8, 0, 300, slots(1), slots(2))).isEqualTo(slots(2));
    assertThat(nanoTime).isLessThan(TimeUnit.SECONDS.toNanos(100));
  }

  @Test
  void executors_without_a_slot_are_not_enough() throws InterruptedException {
    ExecutorCount small = new ExecutorCount(2, 0, 1);

    assertThat(wait(1, 0, 100, small)).isEqualTo(small);
    assertThat(nanoTime).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(100));
  }
}
